/**
 * Names for what Django's forms leave without one, for who can't see where it stands: fields in the rows of a table are named by their
 * column, dates and times by what they are of, and the hints of its lists of choices are said to be pictures.
 */

const FIELDS = "input:not([type=hidden]):not([type=submit]):not([type=button]), select, textarea";

/** @param {string | null | undefined} text */
const plain = (text) => (text ?? "").replace(/[\s:]+/g, " ").trim();

/** @param {Element} field @param {string} name */
function name(field, name) {
  const { labels } = /** @type {HTMLInputElement} */ (field);
  if (name && !labels?.length && !field.hasAttribute("aria-label")) field.setAttribute("aria-label", name);
}

/** @param {ParentNode} place */
export function nameFields(place) {
  for (const cell of place.querySelectorAll(".inline-related.tabular td[class*='field-']")) {
    const column = [...cell.classList].find((each) => each.startsWith("field-"))?.replace("field-", "column-");
    const head = column ? cell.closest("table")?.querySelector(`thead .${column}`) : null;
    for (const field of cell.querySelectorAll(FIELDS)) name(field, plain(head?.firstChild?.textContent));
  }
  for (const box of place.querySelectorAll(".inline-related.tabular td.delete input")) name(box, "Delete");
  for (const pair of place.querySelectorAll("p.datetime")) {
    const row = pair.closest("fieldset.flex-container, .form-row");
    const of = plain(row?.querySelector("legend, label")?.textContent);
    for (const field of pair.querySelectorAll(FIELDS)) {
      name(field, `${of}, ${field.classList.contains("vTimeField") ? "time" : "date"}`);
    }
  }
  for (const hint of place.querySelectorAll(".help-tooltip[aria-label]")) hint.setAttribute("role", "img");
}

// Django makes its lists of choices when the page has loaded, before this hears of it.
addEventListener("load", () => nameFields(document));
document.addEventListener("formset:added", () => nameFields(document));
