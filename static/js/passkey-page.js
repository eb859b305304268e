/**
 * Forms that end with a passkey: `data-passkey` is "create" or "get" with the options beside it, or "login", which asks for them.
 */

import { answerOf, creationOptions, requestOptions } from "./passkeys/codec.js";
import { failureWords } from "./passkeys/words.js";

for (const form of document.querySelectorAll("form[data-passkey]")) bind(/** @type {HTMLFormElement} */ (form));

/** @param {HTMLFormElement} form */
function bind(form) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("[data-passkey-start]"));
  button.addEventListener("click", () => run(form, button));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(form, button);
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} button
 */
async function run(form, button) {
  const purpose = form.dataset.passkey === "create" ? "create" : "get";
  tell(form, "");
  button.disabled = true;
  try {
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("credential"));
    field.value = JSON.stringify(answerOf(await credentialOf(form, purpose)));
    form.submit();
  } catch (error) {
    tell(form, failureWords(error instanceof DOMException ? error.name : "", purpose, window.isSecureContext));
    button.disabled = false;
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {"create" | "get"} purpose
 */
async function credentialOf(form, purpose) {
  if (!navigator.credentials) throw new DOMException("", "NotSupportedError");
  const options = await optionsOf(form);
  if (purpose === "get") return navigator.credentials.get(requestOptions(options));
  const alone = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("passwordless"));
  return navigator.credentials.create(creationOptions(options, alone?.checked ?? false));
}

/** @param {HTMLFormElement} form */
async function optionsOf(form) {
  const beside = form.querySelector("script[type='application/json']");
  if (beside) return JSON.parse(beside.textContent ?? "");
  const answer = await fetch(form.action, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return (await answer.json()).request_options;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} text
 */
function tell(form, text) {
  const place = /** @type {HTMLElement} */ (form.querySelector("[data-passkey-error]"));
  place.hidden = text === "";
  place.textContent = text;
}
