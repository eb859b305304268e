/**
 * WebAuthn's options and answers between JSON, where bytes are base64url, and what browsers want. Browsers are learning to do this
 * themselves (parseRequestOptionsFromJSON, toJSON); those in use don't all.
 */

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromBase64Url(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

/** @param {ArrayBuffer} buffer */
export function toBase64Url(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * @param {any} options as the server sends them
 * @returns {CredentialRequestOptions}
 */
export function requestOptions(options) {
  const { publicKey } = options;
  return {
    publicKey: {
      ...publicKey,
      challenge: fromBase64Url(publicKey.challenge),
      allowCredentials: (publicKey.allowCredentials ?? []).map(withBytes),
    },
  };
}

/**
 * @param {any} options as the server sends them
 * @param {boolean} isAlone whether it shall open the account without a password, which needs more of it
 * @returns {CredentialCreationOptions}
 */
export function creationOptions(options, isAlone) {
  const { publicKey } = options;
  const demands = isAlone ? { residentKey: "required", requireResidentKey: true, userVerification: "required" } : {};
  return {
    publicKey: {
      ...publicKey,
      challenge: fromBase64Url(publicKey.challenge),
      user: { ...publicKey.user, id: fromBase64Url(publicKey.user.id) },
      excludeCredentials: (publicKey.excludeCredentials ?? []).map(withBytes),
      authenticatorSelection: { ...publicKey.authenticatorSelection, ...demands },
    },
  };
}

/**
 * @param {any} credential a PublicKeyCredential of either kind
 * @returns {object}
 */
export function answerOf(credential) {
  const { response } = credential;
  /** @type {Record<string, string>} */
  const bytes = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) bytes[name] = toBase64Url(response[name]);
  }
  return {
    id: credential.id,
    rawId: toBase64Url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: bytes,
  };
}

/** @param {{ id: string }} described */
function withBytes(described) {
  return { ...described, id: fromBase64Url(described.id) };
}
