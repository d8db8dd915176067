/**
 * Ctrl-C and its kin. The first asks for the end in good order; the second for the end without what may be left out,
 * which never is the closing of the water.
 */
export interface Interrupts {
  /** 0, 1 or more. */
  readonly count: number;
  onInterrupt(listener: () => void): void;
  /** A Ctrl-C that arrived as a key. */
  interrupt(): void;
  close(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** @param closed aborted when the output's reader is gone, which ends a session as well */
export function watchInterrupts(closed: AbortSignal): Interrupts {
  const listeners: (() => void)[] = [];
  let count = 0;
  const interrupt = (): void => {
    count += 1;
    for (const listener of listeners) listener();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  closed.addEventListener('abort', interrupt);
  return {
    get count() {
      return count;
    },
    onInterrupt: (listener) => {
      listeners.push(listener);
    },
    interrupt,
    close: () => {
      for (const signal of SIGNALS) process.off(signal, interrupt);
      closed.removeEventListener('abort', interrupt);
    },
  };
}
