import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../../static/js/motion/history.js";

test("what was comes back, and goes again", () => {
  const history = new History("a");
  history.push("b");
  history.push("c");
  assert.equal(history.undo(), "b");
  assert.equal(history.undo(), "a");
  assert.equal(history.undo(), "a");
  assert.ok(!history.canUndo);
  assert.equal(history.redo(), "b");
  assert.equal(history.redo(), "c");
  assert.equal(history.redo(), "c");
});

test("a new change forgets what was taken back", () => {
  const history = new History("a");
  history.push("b");
  history.undo();
  history.push("c");
  assert.ok(!history.canRedo);
  assert.equal(history.undo(), "a");
});

test("the steps of one change are one step back", () => {
  const history = new History("");
  for (const text of ["D", "Dr", "Dri"]) history.push(text, "name 1");
  history.push("Drive", "name 2");
  assert.equal(history.undo(), "Dri");
  assert.equal(history.undo(), "");
});

test("a change that is sealed is not gone on with", () => {
  const history = new History(0);
  history.push(1, "move");
  history.seal();
  history.push(2, "move");
  assert.equal(history.undo(), 1);
  history.push(3, "move");
  assert.equal(history.undo(), 1);
});

test("what changes nothing is no step", () => {
  const history = new History("a");
  history.push("a");
  assert.ok(!history.canUndo);
});

test("only so many steps are kept", () => {
  const history = new History(0, 3);
  for (let step = 1; step <= 10; step += 1) history.push(step);
  for (let step = 0; step < 10; step += 1) history.undo();
  assert.equal(history.present, 7);
});

test("after a new beginning there is no way back", () => {
  const history = new History("a");
  history.push("b");
  history.undo();
  history.reset("z");
  assert.deepEqual([history.present, history.canUndo, history.canRedo], ["z", false, false]);
});
