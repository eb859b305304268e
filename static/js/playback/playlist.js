/** Reads the server's HLS playlists (recordings/rules/playlist.py), with their tags of our own. Pure; never throws. */

/**
 * @typedef {object} Gop a group of pictures: a byte range that begins with a keyframe
 * @property {number} offset
 * @property {number} size
 * @property {number} startS decode time in its file
 * @property {number} durationS
 * @property {boolean} isOpen it is still being written
 */

/**
 * @typedef {object} FootageFile
 * @property {string} url
 * @property {number} startedMs wall clock of decode time 0
 * @property {number} mediaStart90k
 * @property {number} generation
 * @property {number} initBytes
 * @property {string} videoCodec
 * @property {string} audioCodec empty without sound
 * @property {number} width
 * @property {number} height
 * @property {Gop[]} gops in order; those inside the window of the playlist
 */

/** @typedef {{files: FootageFile[], isGrowing: boolean}} Playlist */

/** @param {string} text @param {string} base the playlist's own address @returns {Playlist} */
export function parsePlaylist(text, base) {
  /** @type {FootageFile[]} */
  const files = [];
  let isGrowing = true;
  let nextS = 0;
  let durationS = 0;
  /** @type {[number, number] | null} */
  let range = null;
  for (const line of text.split(/\r?\n/)) {
    const file = files.at(-1);
    if (line.startsWith("#EXT-X-NVR-FILE:")) {
      const attributes = attributesOf(line);
      files.push(fileOf(attributes));
      nextS = number(attributes.OFFSET) / 90_000;
    } else if (line.startsWith("#EXT-X-MAP:") && file) {
      file.initBytes = rangeOf(attributesOf(line).BYTERANGE)?.[0] ?? 0;
    } else if (line.startsWith("#EXTINF:")) {
      durationS = number(line.slice(8).split(",")[0]);
    } else if (line.startsWith("#EXT-X-BYTERANGE:")) {
      range = rangeOf(line.slice(17));
    } else if (line.startsWith("#EXT-X-NVR-OPEN:") && file) {
      const attributes = attributesOf(line);
      const open = rangeOf(attributes.BYTERANGE);
      file.initBytes ||= number(attributes["INIT-BYTES"]);
      file.url ||= resolved(attributes.URI, base);
      if (open) file.gops.push(gopOf(open, nextS, number(attributes.DURATION), true));
    } else if (line.startsWith("#EXT-X-ENDLIST")) {
      isGrowing = false;
    } else if (line && !line.startsWith("#") && file && range) {
      file.url ||= resolved(line, base);
      file.gops.push(gopOf(range, nextS, durationS, false));
      nextS += durationS;
      range = null;
    }
  }
  return { files: files.filter(({ url, initBytes, gops }) => url && initBytes && gops.length), isGrowing };
}

/** @param {[number, number]} range @param {number} startS @param {number} durationS @param {boolean} isOpen @returns {Gop} */
function gopOf([size, offset], startS, durationS, isOpen) {
  return { offset, size, startS, durationS, isOpen };
}

/** @param {Record<string, string>} attributes @returns {FootageFile} */
function fileOf(attributes) {
  const [videoCodec = "", audioCodec = ""] = (attributes.CODECS ?? "").split(",");
  const [width, height] = (attributes.RESOLUTION ?? "").split("x").map(number);
  return {
    url: "",
    startedMs: number(attributes["STARTED-MS"]),
    mediaStart90k: number(attributes["MEDIA-START"]),
    generation: number(attributes.GENERATION),
    initBytes: 0,
    videoCodec,
    audioCodec,
    width: width ?? 0,
    height: height ?? 0,
    gops: [],
  };
}

/** An attribute list, RFC 8216 4.2. @param {string} line @returns {Record<string, string>} */
function attributesOf(line) {
  /** @type {Record<string, string>} */
  const found = {};
  const list = line.slice(line.indexOf(":") + 1);
  for (const [, name, quoted, plain] of list.matchAll(/([A-Z0-9-]+)=(?:"([^"]*)"|([^,]*))/g))
    found[name] = quoted ?? plain;
  return found;
}

/** @param {string | undefined} text size@offset @returns {[number, number] | null} */
function rangeOf(text) {
  const match = /^(\d+)@(\d+)$/.exec(text?.trim() ?? "");
  return match ? [Number(match[1]), Number(match[2])] : null;
}

/** @param {string | undefined} text */
function number(text) {
  return Number.parseFloat(text ?? "") || 0;
}

/** @param {string | undefined} uri @param {string} base */
function resolved(uri, base) {
  return uri && URL.canParse(uri, base) ? new URL(uri, base).href : "";
}
