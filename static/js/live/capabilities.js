/** What this browser really can: asked once, and remembered for the tab's life. The only reader of navigator and of these globals. */

/** @import { Capabilities } from "./chain.js" */

/** 64x64 grey, Constrained Baseline, one IDR access unit: whoever decodes this decodes H.264. */
const TINY_H264 = "AAAAAWdCwArcQmhAAAADAEAAAA8jxIngAAAAAWjOD8gAAAABZYiEOicnJyddddddddddddeA";
const TINY_CODEC = "avc1.42c00a";
const PROBE_MS = 2_000;
const MEMORY_PREFIX = "nvr-live-decodes:";

/** @returns {Promise<Capabilities>} */
export async function probeCapabilities() {
  return {
    isFirefox: navigator.userAgent.includes("Firefox/"),
    videoDecoder: await decodesH264(),
    trackGenerator: typeof MediaStreamTrackGenerator !== "undefined",
    offscreenCanvas: "transferControlToOffscreen" in HTMLCanvasElement.prototype,
    mediaSource: "MediaSource" in window || "ManagedMediaSource" in window,
  };
}

/** @param {string} codec RFC 6381 @returns {boolean} */
export function mseDecodes(codec) {
  const Source = window.ManagedMediaSource ?? window.MediaSource;
  return Source?.isTypeSupported(`video/mp4; codecs="${codec}"`) ?? false;
}

/** Remembered refusals by codec. `null` while nobody has tried. @param {string} codec @returns {boolean | null} */
export function recallDecodes(codec) {
  const found = sessionStorage.getItem(MEMORY_PREFIX + codec);
  return found === null ? null : found === "1";
}

/** @param {string} codec @param {boolean} decodes */
export function rememberDecodes(codec, decodes) {
  sessionStorage.setItem(MEMORY_PREFIX + codec, decodes ? "1" : "0");
}

async function decodesH264() {
  if (typeof VideoDecoder === "undefined") return false;
  const known = recallDecodes(TINY_CODEC);
  if (known !== null) return known;
  const decodes = await decodesOne(TINY_CODEC, TINY_H264);
  rememberDecodes(TINY_CODEC, decodes);
  return decodes;
}

/**
 * `isConfigSupported` promises more than some drivers keep, so one picture is decoded.
 * @param {string} codec
 * @param {string} base64 of one keyframe in Annex B
 * @returns {Promise<boolean>}
 */
async function decodesOne(codec, base64) {
  const config = { codec, optimizeForLatency: true };
  if (!(await VideoDecoder.isConfigSupported(config)).supported) return false;
  const data = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  /** @type {VideoDecoder | undefined} */
  let decoder;
  const outcome = new Promise((resolve) => {
    decoder = new VideoDecoder({
      output: (frame) => {
        frame.close();
        resolve(true);
      },
      error: () => resolve(false),
    });
    setTimeout(() => resolve(false), PROBE_MS);
    decoder.configure(config);
    decoder.decode(new EncodedVideoChunk({ type: "key", timestamp: 0, data }));
    decoder.flush().then(
      () => resolve(false),
      () => resolve(false),
    );
  });
  const decodes = await outcome;
  if (decoder && decoder.state !== "closed") decoder.close();
  return decodes;
}
