/** Findings as people read them: what is to be changed, with why and how; and all of them, a line each. */

import { element } from "../exports/dom.js";
import { icon } from "../icons.js";
import { gradeWord, parts, problems, streamWords } from "./check-words.js";

/**
 * @import { Finding, Part } from "./check-words.js"
 */

const ICONS = /** @type {Record<string, string>} */ ({
  good: "check",
  look: "info",
  bad: "warning",
  not_reached: "minus",
});

/** Fills a list with what is not well, the worst first. @param {HTMLElement} list @param {Finding[]} findings */
export function showProblems(list, findings) {
  list.replaceChildren(...problems(findings).map(problemItem));
}

/** Fills a container with one section for each part. @param {HTMLElement} container @param {Finding[]} findings */
export function showFindings(container, findings) {
  container.replaceChildren(...parts(findings).map(section));
}

/** @param {Part} part */
function section({ key, title, findings, unreached }) {
  const made = element("section", "findings-part");
  made.dataset.part = key;
  const list = element("ul", "findings");
  list.append(...findings.map(findingItem));
  if (unreached.length) list.append(unreachedItem(unreached));
  made.append(element("h3", "findings-title", title), list);
  return made;
}

/** @param {{finding: Finding, streams: string[]}} problem @returns {HTMLLIElement} */
function problemItem({ finding, streams }) {
  const item = element("li", "problem");
  item.dataset.grade = finding.grade;
  item.dataset.check = finding.check;
  const title = element("p", "problem-title", finding.title);
  if (streams.length) title.append(element("span", "quiet", ` · ${streamWords(streams)}`));
  const words = element("div", "");
  words.append(title, element("p", "", finding.text), element("p", "quiet", finding.meaning));
  if (finding.advice) {
    const advice = element("p", "problem-advice");
    advice.append(element("strong", "", "What to do: "), finding.advice);
    words.append(advice);
  }
  item.append(sign(finding.grade), words);
  return item;
}

/** @param {Finding} finding @returns {HTMLLIElement} */
function findingItem({ grade, check, title, text }) {
  const item = element("li", "finding");
  item.dataset.grade = grade;
  item.dataset.check = check;
  item.append(sign(grade), element("p", "finding-title", title), element("p", "finding-text", text));
  return item;
}

/** @param {string[]} titles */
function unreachedItem(titles) {
  const item = element("li", "finding");
  item.dataset.grade = "not_reached";
  const text = element("p", "finding-text", titles.join(", "));
  item.append(sign("not_reached"), element("p", "finding-title", "Not reached"), text);
  return item;
}

/** @param {string} grade */
function sign(grade) {
  const made = element("span", "finding-sign");
  made.append(icon(ICONS[grade] ?? "info"), element("span", "unseen", `${gradeWord(grade)}: `));
  return made;
}
