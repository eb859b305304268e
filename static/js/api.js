/** The project's REST API, as this browser's signed-in user. */

const ROOT = "/api/v1/";

export class ApiError extends Error {
  /** @param {number} status 0 when no answer came @param {string} text @param {Record<string, string>} [errors] of refused input, by field */
  constructor(status, text, errors = {}) {
    super(text);
    this.status = status;
    this.errors = errors;
  }
}

/**
 * @param {string} path below /api/v1/, or an address the API itself gave
 * @param {{method?: string, body?: unknown}} [options]
 * @returns {Promise<any>} the parsed answer; null when it is empty. Rejects with ApiError.
 */
export async function call(path, { method = "GET", body } = {}) {
  const headers = new Headers({ Accept: "application/json" });
  if (body !== undefined) headers.set("Content-Type", "application/json");
  if (method !== "GET") headers.set("X-CSRFToken", cookie("csrftoken"));
  let response;
  try {
    response = await fetch(new URL(path, new URL(ROOT, location.href)), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
    });
  } catch {
    throw new ApiError(0, "The server can’t be reached.");
  }
  const text = await response.text();
  if (!response.ok) {
    const { detail, errors } = problem(text);
    throw new ApiError(response.status, detail || `The server answered ${response.status}.`, errors);
  }
  return text ? JSON.parse(text) : null;
}

/** All pages of a list. @param {string} path @returns {Promise<any[]>} */
export async function list(path) {
  const items = [];
  /** @type {string | null} */
  let next = path;
  while (next) {
    const page = await call(next);
    if (Array.isArray(page)) return page;
    items.push(...page.results);
    next = page.next && new URL(page.next).pathname + new URL(page.next).search;
  }
  return items;
}

/**
 * The camera's newest still picture, and when it was taken if the server says so.
 *
 * @param {string} slug
 * @returns {Promise<{picture: Blob, takenAt: Date | null} | null>} null when there is none
 */
export async function still(slug) {
  try {
    const response = await fetch(`${ROOT}cameras/${encodeURIComponent(slug)}/snapshot.jpg`, { cache: "no-cache" });
    if (!response.ok || !response.headers.get("Content-Type")?.startsWith("image/")) return null;
    const modified = response.headers.get("Last-Modified");
    return { picture: await response.blob(), takenAt: modified ? new Date(modified) : null };
  } catch {
    return null;
  }
}

/** @param {string} name */
export function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

/** What problem details (RFC 9457) say. @param {string} text @returns {{detail: string, errors: Record<string, string>}} */
function problem(text) {
  try {
    const { detail = "", errors = {} } = JSON.parse(text);
    const joined = Object.entries(errors).map(([field, messages]) => [field, [messages].flat().join(" ")]);
    return { detail: String(detail), errors: Object.fromEntries(joined) };
  } catch {
    return { detail: "", errors: {} };
  }
}
