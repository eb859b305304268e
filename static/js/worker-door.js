/** The service worker, where the browser has any: over https, or on this very machine. */

/** @returns {Promise<ServiceWorkerRegistration | null>} */
export async function registerWorker() {
  if (!window.isSecureContext || !("serviceWorker" in navigator)) return null;
  try {
    await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
    return await navigator.serviceWorker.ready;
  } catch {
    return null; // switched off in this browser, or the server is just away: the pages work without
  }
}

/** Who signs out gets no more pictures here. @param {HTMLFormElement} form */
export function bindSignOut(form) {
  form.addEventListener("submit", async (event) => {
    if (!("serviceWorker" in navigator)) return;
    event.preventDefault();
    const registration = await navigator.serviceWorker.getRegistration("/");
    const subscription = await registration?.pushManager?.getSubscription();
    await Promise.race([subscription?.unsubscribe(), new Promise((resolve) => setTimeout(resolve, 2000))]).catch(
      () => undefined,
    );
    form.submit();
  });
}
