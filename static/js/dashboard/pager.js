/** The page buttons, and the summary that leads to the first camera in trouble. */

/**
 * @import { Enlarger } from "./enlarge.js"
 * @import { Wall } from "./wall.js"
 */

const TROUBLE = ["down", "connecting", "off"];

/** @param {Wall} wall @param {Enlarger} enlarger */
export function bindPager(wall, enlarger) {
  const pager = /** @type {HTMLElement} */ (document.getElementById("pager"));
  const text = /** @type {HTMLElement} */ (document.getElementById("pager-text"));
  const show = () => {
    pager.hidden = wall.pages < 2;
    text.textContent = `${wall.page + 1} / ${wall.pages}`;
  };
  wall.addEventListener("laidout", show);
  for (const button of pager.querySelectorAll("[data-page]")) {
    button.addEventListener("click", () => wall.turn(Number(button.getAttribute("data-page"))));
  }
  document.getElementById("summary")?.addEventListener("click", () => {
    const worst = TROUBLE.map((state) => wall.tiles.find((tile) => tile.state === state)).find(Boolean);
    if (!worst) return;
    enlarger.restore();
    for (let turned = 0; worst.cell.hidden && turned < wall.pages; turned += 1) wall.turn(1);
    worst.cell.scrollIntoView({ block: "center" });
    worst.opener.focus();
  });
  show();
}
