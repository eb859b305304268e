/**
 * Light, dark or as the system says, per browser. Kept in a cookie, so that the server sends the right colours with the page.
 */

const CHOICES = /** @type {const} */ (["system", "light", "dark"]);
const NAMES = { system: "as the system", light: "light", dark: "dark" };
const YEAR_S = 31_536_000;

/** @param {Element} button */
export function bindThemeToggle(button) {
  describe(button);
  button.addEventListener("click", () => {
    const next = CHOICES[(CHOICES.indexOf(current()) + 1) % CHOICES.length];
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    const age = next === "system" ? 0 : YEAR_S;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing on plain http
    document.cookie = `theme=${next}; path=/; max-age=${age}; samesite=lax`;
    describe(button);
  });
}

/** @returns {"system" | "light" | "dark"} */
function current() {
  const { theme } = document.documentElement.dataset;
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** @param {Element} button */
function describe(button) {
  const text = `Colours: ${NAMES[current()]}`;
  button.setAttribute("title", text);
  button.setAttribute("aria-label", `${text}. Change`);
}
