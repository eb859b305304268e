import { icon } from "../icons.js";

/**
 * An element with its text.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} className
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, className, text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** @param {string} text @param {string} iconName @param {() => unknown} act @param {string} [className] */
export function button(text, iconName, act, className = "button") {
  const made = element("button", className);
  made.type = "button";
  made.append(icon(iconName), text);
  made.addEventListener("click", () => act());
  return made;
}
