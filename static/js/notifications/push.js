/** This browser's push subscription. */

import { call } from "../api.js";
import { registerWorker } from "../worker-door.js";
import { deviceName, pushState } from "./push-words.js";

/** @import { PushState } from "./push-words.js" */

/** What is so now. @returns {Promise<PushState>} */
export async function look() {
  const subscription = canPush() ? await current() : null;
  return pushState({
    isSecure: window.isSecureContext,
    canPush: canPush(),
    isApple:
      /\b(iPhone|iPad)\b/.test(navigator.userAgent) ||
      (/\bMac\b/.test(navigator.platform) && navigator.maxTouchPoints > 1),
    permission: "Notification" in window ? Notification.permission : "default",
    isSubscribed: subscription !== null,
  });
}

/** Asks the person, subscribes, and tells the server. Rejects with words for the person. */
export async function switchOn() {
  if ((await Notification.requestPermission()) !== "granted")
    throw new Error("The browser was not allowed to show messages.");
  const registration = await registerWorker();
  if (!registration) throw new Error("This browser refused to take messages.");
  const { public_key: publicKey } = await call("notifications/push/");
  await dropForeign(registration, publicKey);
  let subscription;
  try {
    subscription = await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytesOf(publicKey),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The browser could not subscribe at its push service: ${reason}`);
  }
  return tell(subscription);
}

/** Ends it here; the server hears of it at once, or from the push service with the next message. */
export async function switchOff() {
  const subscription = canPush() ? await current() : null;
  if (!subscription) return;
  const digest = await digestOf(subscription.endpoint);
  await subscription.unsubscribe();
  const devices = (await call("notifications/push/subscriptions/")).results;
  const mine = devices.find((/** @type {{digest: string}} */ device) => device.digest === digest);
  if (mine) await call(`notifications/push/subscriptions/${mine.id}/`, { method: "DELETE" });
}

/** Tells the server what it should know already: a browser may have renewed its subscription, or the server lost it. */
export async function refresh() {
  if (!canPush() || Notification.permission !== "granted") return;
  const subscription = await current();
  if (subscription) await tell(subscription);
}

/** Which of the server's devices this one is. @returns {Promise<string>} empty when none */
export async function ownDigest() {
  const subscription = canPush() ? await current() : null;
  return subscription ? digestOf(subscription.endpoint) : "";
}

/** @param {PushSubscription} subscription */
function tell(subscription) {
  const body = { ...subscription.toJSON(), name: deviceName(navigator.userAgent) };
  return call("notifications/push/subscriptions/", { method: "POST", body });
}

async function current() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration?.pushManager.getSubscription()) ?? null;
}

function canPush() {
  return window.isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

/** A subscription made for another key of the server takes no messages of this one. @param {ServiceWorkerRegistration} registration @param {string} publicKey */
async function dropForeign(registration, publicKey) {
  const old = await registration.pushManager.getSubscription();
  const key = old?.options.applicationServerKey;
  if (old && key && String(new Uint8Array(key)) !== String(bytesOf(publicKey))) await old.unsubscribe();
}

/** @param {string} base64url */
function bytesOf(base64url) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** @param {string} text */
async function digestOf(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
