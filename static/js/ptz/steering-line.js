/** Says who steers, and offers to take over to those who may. */

import { steeringWords } from "./words.js";

/** @import { Helm } from "./helm.js" */

/** @param {Helm} helm @returns {{element: HTMLElement, dismiss: () => void}} */
export function makeSteeringLine(helm) {
  const element = document.createElement("div");
  element.className = "ptz-steering";
  const words = document.createElement("p");
  words.className = "small";
  words.setAttribute("role", "status");
  const takeOver = document.createElement("button");
  takeOver.type = "button";
  takeOver.className = "button button-small";
  takeOver.textContent = "Take over";
  takeOver.addEventListener("click", () => helm.take(true));
  element.append(words, takeOver);
  const show = () => {
    const text = steeringWords(helm.steering, helm.me, Date.now());
    const isOther = text !== "" && helm.steering.by !== helm.me;
    if (words.textContent !== text) words.textContent = text;
    takeOver.hidden = !(isOther && helm.mayTakeOver);
    element.toggleAttribute("data-other", isOther);
    element.hidden = text === "";
  };
  helm.addEventListener("change", show);
  const timer = setInterval(show, 1_000);
  show();
  return { element, dismiss: () => clearInterval(timer) };
}
