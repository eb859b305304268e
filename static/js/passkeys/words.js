/**
 * Why there was no passkey, for people. The browser says no more than the name of an error, so as to tell no page what devices hold.
 *
 * @param {string} name of the DOMException
 * @param {"create" | "get"} purpose
 * @param {boolean} isSecure whether the page came by https, or from this machine
 */
export function failureWords(name, purpose, isSecure) {
  if (!isSecure) return "Passkeys need https. Open this server by its https address.";
  if (name === "NotSupportedError") return "This browser can’t use passkeys.";
  if (name === "InvalidStateError" && purpose === "create")
    return "This device has a passkey for your account already.";
  if (name === "SecurityError")
    return "Passkeys don’t work at this address. Open this server by its name, not by numbers.";
  if (name === "NotAllowedError")
    return purpose === "create" ? "Nothing was added." : "That was cancelled, or this device has no passkey for you.";
  return "That didn’t work. Please try it again.";
}
