import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answerOf,
  creationOptions,
  fromBase64Url,
  requestOptions,
  toBase64Url,
} from "../../static/js/passkeys/codec.js";
import { failureWords } from "../../static/js/passkeys/words.js";

test("bytes survive the way through base64url, whatever their number", () => {
  for (let length = 0; length < 70; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 73 + 191) % 256);
    const text = toBase64Url(bytes.buffer);
    assert.match(text, /^[\w-]*$/);
    assert.deepEqual(fromBase64Url(text), bytes);
  }
});

test("options get their bytes, and demands only where the passkey shall do alone", () => {
  const options = {
    publicKey: {
      challenge: "AQ",
      user: { id: "Ag", name: "bob" },
      excludeCredentials: [{ id: "Aw", type: "public-key" }],
      authenticatorSelection: { residentKey: "discouraged" },
    },
  };
  const alone = /** @type {any} */ (creationOptions(options, true).publicKey);
  assert.deepEqual([alone.challenge[0], alone.user.id[0], alone.excludeCredentials[0].id[0]], [1, 2, 3]);
  assert.equal(alone.authenticatorSelection.residentKey, "required");
  assert.equal(alone.authenticatorSelection.userVerification, "required");
  assert.deepEqual(creationOptions(options, false).publicKey?.authenticatorSelection, { residentKey: "discouraged" });
  assert.deepEqual(requestOptions({ publicKey: { challenge: "AQ" } }).publicKey?.allowCredentials, []);
});

test("an answer holds what there is of it", () => {
  const bytes = Uint8Array.of(1).buffer;
  const credential = {
    id: "AQ",
    rawId: bytes,
    type: "public-key",
    authenticatorAttachment: null,
    getClientExtensionResults: () => ({ credProps: { rk: true } }),
    response: { clientDataJSON: bytes, signature: bytes, authenticatorData: bytes, userHandle: null },
  };
  assert.deepEqual(JSON.parse(JSON.stringify(answerOf(credential))), {
    id: "AQ",
    rawId: "AQ",
    type: "public-key",
    clientExtensionResults: { credProps: { rk: true } },
    response: { clientDataJSON: "AQ", signature: "AQ", authenticatorData: "AQ" },
  });
});

test("failures are told in words", () => {
  assert.match(failureWords("NotAllowedError", "get", true), /cancelled/);
  assert.match(failureWords("InvalidStateError", "create", true), /already/);
  assert.match(failureWords("", "get", true), /try it again/);
  assert.match(failureWords("NotSupportedError", "get", false), /https/);
});
