import assert from "node:assert/strict";
import { test } from "node:test";

import { healthText, whereText } from "../../static/js/notifications/channel-words.js";
import { stateText } from "../../static/js/notifications/log-words.js";
import { deviceName, pushState } from "../../static/js/notifications/push-words.js";
import {
  hoursOf,
  hoursWords,
  lengthWords,
  listed,
  names,
  quietWords,
  scheduleOf,
  sentence,
} from "../../static/js/notifications/rule-words.js";

/** @import { Hours, Rule } from "../../static/js/notifications/rule-words.js" */

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const RULE = /** @type {Rule} */ ({
  id: 1,
  name: "Nights",
  is_enabled: true,
  kinds: ["motion", "camera_down"],
  is_all_cameras: true,
  cameras: [],
  zones: [],
  labels: [],
  min_score: 0,
  tells_end: true,
  schedule: {},
  time_zone: "Europe/Berlin",
  every_s: 60,
  group_s: 60,
  muted_until_ms: 0,
  channels: [1],
});
const BROWSER = { isSecure: true, canPush: true, isApple: false, permission: "default", isSubscribed: false };
const CHANNEL = {
  id: 1,
  name: "Hook",
  kind: "webhook",
  is_enabled: true,
  details: { host: "hook.example", has_picture: true },
  secret: null,
  failing_since: null,
  failing_reason: "",
  last_sent_at: null,
};

test("a rule is a sentence", () => {
  const nameOf = (/** @type {string} */ slug) => slug.toUpperCase();
  assert.equal(sentence(RULE, nameOf), "Motion or a camera that is down, at any camera; at any time.");
  const narrow = { ...RULE, kinds: ["motion"], is_all_cameras: false, cameras: ["door", "yard"], labels: ["person"] };
  assert.equal(
    sentence({ ...narrow, zones: ["Drive"], min_score: 20 }, nameOf),
    "Motion, at DOOR or YARD; motion only of person, in Drive, from strength 20; at any time.",
  );
  assert.equal(
    sentence({ ...RULE, kinds: ["camera_down"], labels: ["person"] }, nameOf),
    "A camera that is down, at any camera; at any time.",
  );
});

test("hours are stored as the server stores them, and found again", () => {
  const nights = /** @type {Hours} */ ({ when: "daily", start: "22:00", end: "06:00", days: EVERY_DAY });
  assert.deepEqual(scheduleOf(nights)[0], [
    ["00:00", "06:00"],
    ["22:00", "24:00"],
  ]);
  const sunday = /** @type {Hours} */ ({ when: "daily", start: "22:00", end: "06:00", days: [6] });
  assert.deepEqual(scheduleOf(sunday), { 6: [["22:00", "24:00"]], 0: [["00:00", "06:00"]] });
  const toMidnight = /** @type {Hours} */ ({ when: "daily", start: "18:00", end: "00:00", days: [0] });
  assert.deepEqual(scheduleOf(toMidnight), { 0: [["18:00", "24:00"]] });
  const office = /** @type {Hours} */ ({ when: "daily", start: "08:30", end: "17:00", days: [0, 1, 2, 3, 4] });
  for (const hours of [nights, sunday, toMidnight, office]) assert.deepEqual(hoursOf(scheduleOf(hours)), hours);
  assert.equal(hoursOf({}).when, "always");
  assert.deepEqual(scheduleOf(hoursOf({})), {});
});

test("hours that one can't choose here are left alone", () => {
  assert.equal(hoursOf({ 0: [["08:00", "12:00"]], 1: [["09:00", "12:00"]] }).when, "other");
  assert.equal(
    hoursOf({
      0: [
        ["08:00", "12:00"],
        ["13:00", "18:00"],
      ],
    }).when,
    "other",
  );
});

test("words of hours, lengths and lists", () => {
  assert.equal(
    hoursWords({ when: "daily", start: "22:00", end: "06:00", days: EVERY_DAY }),
    "every day from 22:00 to 06:00",
  );
  assert.equal(
    hoursWords({ when: "daily", start: "08:00", end: "09:00", days: [0, 5] }),
    "on Mon and Sat from 08:00 to 09:00",
  );
  assert.deepEqual([30, 60, 90, 300, 3600, 7200].map(lengthWords), [
    "30 seconds",
    "1 minute",
    "90 seconds",
    "5 minutes",
    "1 hour",
    "2 hours",
  ]);
  assert.deepEqual([listed([]), listed(["a"]), listed(["a", "b", "c"], "or")], ["", "a", "a, b or c"]);
  assert.deepEqual(names(" Drive, Front garden,,Drive "), ["Drive", "Front garden"]);
});

test("until when it is quiet", () => {
  const now = new Date(2026, 10, 18, 22, 0).getTime();
  assert.equal(quietWords(now, now), "");
  assert.equal(quietWords(now + 3_600_000, now, "en-GB"), "Quiet until 23:00");
  assert.equal(quietWords(now + 9 * 3_600_000, now, "en-GB"), "Quiet until Thursday 19 Nov, 07:00");
});

test("what a browser can't do is explained, with the way out", () => {
  assert.equal(pushState({ ...BROWSER, isSecure: false, canPush: false }).state, "insecure");
  assert.match(pushState({ ...BROWSER, isSecure: false }).text, /https/);
  assert.match(pushState({ ...BROWSER, canPush: false, isApple: true }).text, /Add to Home Screen/);
  assert.equal(pushState({ ...BROWSER, canPush: false }).state, "unable");
  assert.match(pushState({ ...BROWSER, permission: "denied", isSubscribed: true }).text, /To undo it/);
  assert.equal(pushState(BROWSER).state, "off");
  assert.equal(pushState({ ...BROWSER, permission: "granted", isSubscribed: true }).state, "on");
  assert.equal(pushState({ ...BROWSER, permission: "granted" }).state, "off");
});

test("devices have names that people know", () => {
  const chrome = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0";
  const edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0";
  const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 Safari/604.1";
  assert.deepEqual([chrome, edge, iphone, "curl"].map(deviceName), [
    "Chrome on Android",
    "Edge on Windows",
    "Safari on iPhone",
    "A browser",
  ]);
});

test("a channel says where it leads and how it is", () => {
  const at = () => "10:00";
  assert.equal(whereText(CHANNEL), "To hook.example, signed, with the picture");
  assert.equal(whereText({ ...CHANNEL, kind: "push", details: { devices: 1 } }), "1 device");
  const broker = { host: "ha.local", port: 8883, has_tls: true, prefix: "nvr" };
  assert.equal(
    whereText({ ...CHANNEL, kind: "mqtt", details: broker }),
    "ha.local, port 8883, TLS, topics below “nvr”",
  );
  assert.deepEqual(healthText(CHANNEL, at), { state: "new", text: "Nothing sent yet." });
  const failing = { ...CHANNEL, failing_since: "2026-11-18T10:00:00Z", failing_reason: "It answered 500." };
  assert.deepEqual(healthText(failing, at), { state: "failing", text: "Fails since 10:00: It answered 500." });
  assert.equal(healthText({ ...failing, is_enabled: false }, at).state, "off");
  assert.equal(healthText({ ...CHANNEL, kind: "mqtt", last_sent_at: "2026-11-18" }, at).text, "Connected 10:00.");
});

test("what became of a message", () => {
  const delivery = {
    state: "sent",
    title: "",
    rule: "",
    channel_name: "",
    device: "",
    attempts: 1,
    reason: "",
    made_ms: 0,
    next_try_ms: null,
  };
  assert.equal(stateText(delivery, 0), "Sent");
  assert.equal(stateText({ ...delivery, attempts: 3 }, 0), "Sent after 3 tries");
  const waiting = { ...delivery, state: "waiting", attempts: 2, reason: "It answered 503.", next_try_ms: 20_000 };
  assert.equal(stateText(waiting, 5_000), "Failed 2 times, tried again in 15 s. It answered 503.");
  assert.equal(
    stateText({ ...waiting, attempts: 1, next_try_ms: 600_000 }, 0),
    "Failed, tried again in 10 min. It answered 503.",
  );
  assert.equal(
    stateText({ ...delivery, state: "given_up", attempts: 10, reason: "No." }, 0),
    "Given up after 10 tries. No.",
  );
});
