import assert from "node:assert/strict";
import { test } from "node:test";

import { merged, parts, problems, streamWords, verdict, watched } from "../../static/js/check/check-words.js";

/** @param {string} check @param {Partial<import("../../static/js/check/check-words.js").Finding>} [more] */
const finding = (check, more = {}) => ({
  check,
  title: check.toUpperCase(),
  stream: "",
  grade: "good",
  text: `about ${check}`,
  meaning: "",
  advice: "",
  facts: {},
  ...more,
});

/** @param {Partial<import("../../static/js/check/check-words.js").Diagnosis>} more */
const diagnosis = (more) => ({
  id: 1,
  state: "done",
  grade: "good",
  cause: "",
  cause_title: "",
  started_by: "",
  started_at: "",
  finished_at: null,
  findings: [],
  compared_with: null,
  changes: [],
  ...more,
});

test("findings are in four parts, from the way there to the whole camera", () => {
  const found = parts([
    finding("onvif"),
    finding("codec", { stream: "sub" }),
    finding("port"),
    finding("codec", { stream: "main" }),
  ]);
  assert.deepEqual(
    found.map((part) => [part.key, part.findings.length]),
    [
      ["way", 1],
      ["main", 1],
      ["sub", 1],
      ["whole", 1],
    ],
  );
});

test("what lies behind a failure is named in one line, what was never there is not", () => {
  const found = parts([
    finding("login", { stream: "main", grade: "bad" }),
    finding("codec", { stream: "main", grade: "not_reached", facts: { because: "login" } }),
    finding("onvif", { grade: "not_reached" }),
  ]);
  assert.deepEqual(found[0].unreached, ["CODEC"]);
  assert.deepEqual(
    found[1].findings.map((one) => one.check),
    ["onvif"],
  );
});

test("problems come worst first, and once for both streams", () => {
  const found = problems([
    finding("keyframes", { stream: "main", grade: "look" }),
    finding("loss", { stream: "sub", grade: "bad" }),
    finding("keyframes", { stream: "sub", grade: "look" }),
    finding("port"),
  ]);
  assert.deepEqual(
    found.map((one) => [one.finding.check, streamWords(one.streams)]),
    [
      ["loss", "sub stream"],
      ["keyframes", "main and sub stream"],
    ],
  );
});

test("the headline says what to mend first, or that all is well", () => {
  assert.equal(verdict(diagnosis({})).title, "All is well");
  const bad = verdict(
    diagnosis({
      grade: "bad",
      cause: "login",
      cause_title: "Login",
      findings: [finding("login", { grade: "bad", text: "Refused." })],
    }),
  );
  assert.deepEqual(bad, { state: "bad", title: "To mend first: Login", text: "Refused." });
  assert.match(verdict(diagnosis({ grade: "look", cause_title: "Keyframes" })).title, /^It works/);
  assert.equal(verdict(diagnosis({ state: "running", grade: "bad" })).state, "running");
  assert.equal(verdict(diagnosis({ state: "interrupted" })).state, "interrupted");
  assert.equal(verdict(diagnosis({ grade: "not_reached" })).title, "Nothing was reached");
});

test("news replaces what was known of the same check and stream", () => {
  const known = [finding("codec", { stream: "main" }), finding("codec", { stream: "sub" })];
  const found = merged(known, [finding("codec", { stream: "main", grade: "look" })]);
  assert.deepEqual(
    found.map((one) => [one.stream, one.grade]),
    [
      ["sub", "good"],
      ["main", "look"],
    ],
  );
});

test("the slowest stream says how far the watching is", () => {
  assert.equal(watched({}), null);
  assert.equal(watched({ main: 0.5, sub: 0.2 }), 0.2);
});
