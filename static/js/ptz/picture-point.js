/**
 * Where in a picture somebody clicked, when the picture lies letterboxed in its box. Pure.
 *
 * @param {{left: number, top: number, width: number, height: number}} box
 * @param {{width: number, height: number}} picture its size in pixels, 0 when unknown
 * @param {number} clientX @param {number} clientY
 * @returns {{x: number, y: number} | null} from -1 to 1, right and up; null beside the picture
 */
export function picturePoint(box, picture, clientX, clientY) {
  if (!(box.width > 0 && box.height > 0)) return null;
  const aspect = picture.width > 0 && picture.height > 0 ? picture.width / picture.height : box.width / box.height;
  const width = Math.min(box.width, box.height * aspect);
  const height = width / aspect;
  const x = ((clientX - box.left - (box.width - width) / 2) / width) * 2 - 1;
  const y = 1 - ((clientY - box.top - (box.height - height) / 2) / height) * 2;
  return Math.abs(x) > 1 || Math.abs(y) > 1 ? null : { x, y };
}
