/** The assistant that adds cameras: find, look, done. Logins are in this page's memory only, and go to the server in the body of a request. */

import { deviceAddress, deviceTitle, splitLogin } from "./add/add-words.js";
import { Candidate } from "./add/candidate.js";
import { Finder } from "./add/finder.js";
import { Welcome } from "./add/welcome.js";
import { call, list } from "./api.js";
import { showConnection } from "./connection-notice.js";
import { CameraEvents } from "./events.js";
import { toast } from "./toast.js";

const TRIED_AT_ONCE = 2;
const STEPS = ["find", "look", "done"];
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const field = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (document.getElementById(id));
const buttonOf = (/** @type {string} */ id) => /** @type {HTMLButtonElement} */ (document.getElementById(id));

const network = /** @type {HTMLSelectElement} */ (byId("add-network"));
const finder = new Finder({
  list: byId("add-devices"),
  status: byId("add-search-status"),
  progress: /** @type {HTMLProgressElement} */ (byId("add-search-progress")),
  buttons: [buttonOf("add-call"), buttonOf("add-scan")],
});
const welcome = new Welcome(byId("add-added"));
/** @type {{key: string, name: string}[]} */
let makers = [];
/** @type {string[]} names of cameras there are */
let names = [];
/** @type {Candidate[]} */
let candidates = [];

/** @param {string} step */
function goTo(step) {
  for (const each of STEPS) byId(`add-${each}`).hidden = each !== step;
  for (const item of document.querySelectorAll("[data-step]")) {
    if (/** @type {HTMLElement} */ (item).dataset.step === step) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
  window.scrollTo({ top: 0 });
  byId(`add-${step}-title`).focus({ preventScroll: true });
}

// Find

/** What is to be tried: the chosen devices, and what was typed. */
function places() {
  const login = { username: field("add-username").value, password: field("add-password").value };
  const typed = field("add-address").value.trim();
  const found = finder.chosen.map((device) => ({
    address: deviceAddress(device),
    title: deviceTitle(device),
    names: [device.name, [device.maker, device.model].filter(Boolean).join(" ")],
    login,
    foundAt: device.address,
  }));
  return typed ? [...found, { address: typed, title: hostOf(typed), names: [], login }] : found;
}

/** @param {string} address */
function hostOf(address) {
  return address.replace(/^\w+:\/\//, "").split(/[/?]/)[0];
}

function showChoice() {
  const count = places().length;
  buttonOf("add-try").disabled = count === 0;
  byId("add-try-text").textContent = count > 1 ? `Try ${count} cameras` : "Try it";
}

/** A pasted login belongs into its own fields. */
function takeLoginOut() {
  const found = splitLogin(field("add-address").value);
  if (!found) return;
  field("add-address").value = found.address;
  field("add-username").value = found.username;
  field("add-password").value = found.password;
  toast("The user name and password in the address have been moved to their own fields.");
}

/** @param {Event} event */
async function tryAll(event) {
  event.preventDefault();
  takeLoginOut();
  const world = {
    makers: () => makers,
    takenNames: () => [...names, ...candidates.map((candidate) => candidate.name)],
  };
  candidates = places().map((place) => new Candidate(place, world));
  for (const candidate of candidates) candidate.addEventListener("change", showAddable);
  byId("add-candidates").replaceChildren(...candidates.map((candidate) => candidate.element));
  showAddable();
  goTo("look");
  const waiting = [...candidates];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await next.try();
  };
  await Promise.all(Array.from({ length: TRIED_AT_ONCE }, work));
}

// Look

function showAddable() {
  const ready = candidates.filter((candidate) => candidate.canBeAdded);
  const isBusy = candidates.some((candidate) => candidate.isTrying);
  byId("add-settings").hidden = ready.length === 0;
  buttonOf("add-add").disabled = ready.length === 0 || isBusy;
  const left = candidates.length - ready.length;
  const what = ready.length > 1 ? `Add ${ready.length} cameras` : "Add this camera";
  byId("add-add-text").textContent = left && !isBusy && ready.length ? `${what}, leave ${left} out` : what;
}

/** Stops at the first that is refused, with the reason at its name. @param {Event} event */
async function addAll(event) {
  event.preventDefault();
  const record = /** @type {HTMLInputElement} */ (document.querySelector("[name=record]:checked")).value;
  const settings = { record, motion: field("add-motion").checked };
  buttonOf("add-add").disabled = true;
  for (const candidate of candidates.filter((each) => each.canBeAdded)) {
    candidate.complain("");
    try {
      const camera = await candidate.add(settings);
      names.push(camera.name);
      welcome.add(camera, candidate.onvif);
      finder.markAdded(candidate.foundAt, camera.slug);
      candidates = candidates.filter((each) => each !== candidate);
      candidate.element.remove();
    } catch (error) {
      showAddable();
      candidate.complain((error instanceof Error ? error.message : String(error)).replace(/^name: /, ""));
      return;
    }
  }
  goTo("done");
}

// Done

function startAgain() {
  field("add-address").value = "";
  showChoice();
  goTo("find");
}

const events = new CameraEvents();
showConnection(events);
events.addEventListener("event", (event) => {
  const news = /** @type {CustomEvent} */ (event).detail;
  finder.hear(news);
  for (const candidate of candidates) candidate.hear(news);
  welcome.hear(news);
});
events.open();
finder.addEventListener("choice", showChoice);
buttonOf("add-call").addEventListener("click", () => finder.search(""));
buttonOf("add-scan").addEventListener("click", () => finder.search(network.value));
field("add-address").addEventListener("input", showChoice);
field("add-address").addEventListener("change", takeLoginOut);
byId("add-form").addEventListener("submit", tryAll);
byId("add-look-form").addEventListener("submit", addAll);
byId("add-back").addEventListener("click", () => goTo("find"));
byId("add-more").addEventListener("click", startAgain);
for (const radio of document.querySelectorAll("[name=record]")) {
  radio.addEventListener("change", () => {
    const { value } = /** @type {HTMLInputElement} */ (radio);
    // What records on motion looks for it, and what is not recorded can't be looked at.
    if (value !== "continuous") field("add-motion").checked = value === "motion";
    field("add-motion").disabled = value !== "continuous";
  });
}

/** What the page needs to know; it works without, a little less helpfully. */
async function learn() {
  const [networks, known, cameras] = await Promise.all([
    call("discovery/networks/"),
    call("discovery/makers/"),
    list("cameras/"),
  ]);
  network.replaceChildren(...networks.networks.map((/** @type {string} */ one) => new Option(one, one)));
  byId("add-scan-row").hidden = networks.networks.length === 0;
  makers = known;
  names = cameras.map((camera) => camera.name);
}

showChoice();
learn().catch((error) => toast(error instanceof Error ? error.message : String(error)));
