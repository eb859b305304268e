/** Whether this browser can take messages, and what to say about it. Pure. */

/**
 * @typedef {object} Browser
 * @property {boolean} isSecure the page came by https, or from this very machine
 * @property {boolean} canPush it has service workers and the Push API
 * @property {boolean} isApple an iPhone or iPad
 * @property {string} permission granted, denied or default
 * @property {boolean} isSubscribed
 */

/** @typedef {{state: "insecure" | "unable" | "denied" | "off" | "on", title: string, text: string}} PushState */

/** @param {Browser} browser @returns {PushState} */
export function pushState(browser) {
  if (!browser.isSecure) {
    return {
      state: "insecure",
      title: "Not over this address",
      text: "Browsers take messages over https only. Open the NVR by an address that begins with https; how to set one up is in its documentation, under Operations.",
    };
  }
  if (!browser.canPush) {
    const apple =
      "On an iPhone or iPad this works from the home screen: tap Share, then “Add to Home Screen”, and open the NVR from there.";
    return {
      state: "unable",
      title: browser.isApple ? "Add the NVR to your home screen first" : "This browser can’t",
      text: browser.isApple
        ? apple
        : "This browser can’t take messages. Current versions of Chrome, Edge, Firefox and Safari can.",
    };
  }
  if (browser.permission === "denied") {
    return {
      state: "denied",
      title: "Forbidden in this browser",
      text: "You have told this browser to show no messages of the NVR. To undo it, press the icon left of the address, set Notifications to Allow, and load this page again.",
    };
  }
  if (browser.isSubscribed && browser.permission === "granted") {
    return { state: "on", title: "On", text: "This device gets messages, also while the NVR is closed." };
  }
  return { state: "off", title: "Off", text: "The browser will ask whether the NVR may show messages: allow it." };
}

const BROWSERS = /** @type {[RegExp, string][]} */ ([
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bCriOS\/|\bChrome\//, "Chrome"],
  [/\bSafari\//, "Safari"],
]);
const SYSTEMS = /** @type {[RegExp, string][]} */ ([
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "Mac"],
  [/\bCrOS\b/, "Chromebook"],
  [/\bLinux\b/, "Linux"],
]);

/** "Firefox on Android", for the list of one's devices. @param {string} userAgent */
export function deviceName(userAgent) {
  const first = (/** @type {[RegExp, string][]} */ known) => known.find(([sign]) => sign.test(userAgent))?.[1];
  const [browser, system] = [first(BROWSERS) ?? "A browser", first(SYSTEMS)];
  return system ? `${browser} on ${system}` : browser;
}
