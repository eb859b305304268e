/** What a diagnosis says, in order and in words. Pure. */

/**
 * @typedef {{check: string, title: string, stream: string, grade: string, text: string, meaning: string, advice: string,
 *   facts: Record<string, unknown>}} Finding
 * @typedef {{check: string, title: string, stream: string, direction: string, before: string, after: string}} Change
 * @typedef {{id: number, state: string, grade: string, cause: string, cause_title: string, started_by: string, started_at: string,
 *   finished_at: string | null, findings: Finding[], compared_with: number | null, changes: Change[]}} Diagnosis
 * @typedef {{key: string, title: string, findings: Finding[], unreached: string[]}} Part
 */

const ON_THE_WAY = ["name", "route", "port", "tls"];
const PARTS = [
  ["way", "The way to the camera"],
  ["main", "Main stream"],
  ["sub", "Sub stream"],
  ["whole", "The camera as a whole"],
];
const SEVERITY = ["bad", "look"];
const GRADES = /** @type {Record<string, string>} */ ({
  good: "Good",
  look: "Worth a look",
  bad: "Bad",
  not_reached: "Not reached",
});

/** @param {string} grade */
export function gradeWord(grade) {
  return GRADES[grade] ?? grade;
}

/**
 * The headline. `state` is a grade, "running" or "interrupted".
 *
 * @param {Diagnosis} diagnosis
 * @returns {{state: string, title: string, text: string}}
 */
export function verdict({ state, grade, cause, cause_title: title, findings }) {
  const first = findings.find((finding) => finding.check === cause && finding.grade === grade);
  if (state === "running")
    return { state, title: "Examining the camera …", text: "Each stream is watched for a while." };
  if (state === "interrupted") {
    return { state, title: "This examination was cut off", text: "The server was restarted meanwhile. Check again." };
  }
  if (grade === "bad") return { state: grade, title: `To mend first: ${title}`, text: first?.text ?? "" };
  if (grade === "look") return { state: grade, title: `It works. Worth a look: ${title}`, text: first?.text ?? "" };
  if (grade === "good") return { state: grade, title: "All is well", text: "Nothing to change on this camera." };
  return { state: grade, title: "Nothing was reached", text: "" };
}

/**
 * From the way there over the streams to the whole camera; parts without a finding are left out. What was not reached because of an
 * earlier failure is named in `unreached` and in no list.
 *
 * @param {Finding[]} findings
 * @returns {Part[]}
 */
export function parts(findings) {
  const found = PARTS.map(([key, title]) => ({
    key,
    title,
    findings: /** @type {Finding[]} */ ([]),
    unreached: /** @type {string[]} */ ([]),
  }));
  for (const finding of findings) {
    const part = found[partOf(finding)];
    if (finding.grade === "not_reached" && "because" in finding.facts) part.unreached.push(finding.title);
    else part.findings.push(finding);
  }
  return found.filter((part) => part.findings.length > 0 || part.unreached.length > 0);
}

/** @param {Finding} finding */
function partOf({ stream, check }) {
  if (stream === "main") return 1;
  if (stream === "sub") return 2;
  return ON_THE_WAY.includes(check) ? 0 : 3;
}

/**
 * What is to be changed: bad ones first, each kind in the order of the layers; what is said of both streams is said once.
 *
 * @param {Finding[]} findings
 * @returns {{finding: Finding, streams: string[]}[]}
 */
export function problems(findings) {
  /** @type {Map<string, {finding: Finding, streams: string[]}>} */
  const found = new Map();
  for (const finding of SEVERITY.flatMap((grade) => findings.filter((one) => one.grade === grade))) {
    const known = found.get(`${finding.check} ${finding.text}`);
    if (known) known.streams.push(finding.stream);
    else found.set(`${finding.check} ${finding.text}`, { finding, streams: finding.stream ? [finding.stream] : [] });
  }
  return [...found.values()];
}

/** Each finding once, the newest word on it. @param {Finding[]} known @param {Finding[]} news @returns {Finding[]} */
export function merged(known, news) {
  const same = (/** @type {Finding} */ one) =>
    news.some((other) => other.check === one.check && other.stream === one.stream);
  return [...known.filter((one) => !same(one)), ...news];
}

/** How far the watching of all streams is, 0 to 1; null before it began. @param {Record<string, number>} shares */
export function watched(shares) {
  const all = Object.values(shares);
  return all.length ? Math.min(...all) : null;
}

/** "main stream", "main and sub stream"; empty for the whole camera. @param {string[]} streams */
export function streamWords(streams) {
  return streams.length ? `${streams.join(" and ")} stream` : "";
}
