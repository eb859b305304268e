const SVG = "http://www.w3.org/2000/svg";

/** An icon of static/icons.svg, whose hashed address is taken from those the server has put on the page. @param {string} name */
export function icon(name) {
  const sprite = document.querySelector(".icon use")?.getAttribute("href")?.split("#")[0] ?? "";
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}
