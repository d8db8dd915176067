/** @type {WakeLockSentinel | null} */
let lock = null;
let isAsking = false;

/**
 * Keeps the screen lit while there is something to be read from afar. Browsers allow it only where the page is on the
 * controller's own computer or came over TLS; elsewhere the screen follows its own settings.
 * @param {boolean} wanted
 */
export function keepAwake(wanted) {
  if (!wanted) {
    void lock?.release();
    lock = null;
    return;
  }
  if (isAsking || document.hidden || !('wakeLock' in navigator) || (lock !== null && !lock.released)) return;
  isAsking = true;
  navigator.wakeLock.request('screen').then(
    (given) => {
      lock = given;
      isAsking = false;
    },
    () => {
      // Refused, by the battery mostly. Asking again would be refused again.
    },
  );
}
