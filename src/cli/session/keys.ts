import type { Context } from '../output.ts';

/** Single keys of a terminal, without Enter, until closed. Where stdin is no terminal there are none. */
export interface Keys {
  close(): void;
}

export const CTRL_C = '\u0003';

export function watchKeys({ stdin }: Pick<Context, 'stdin'>, onKey: (key: string) => void): Keys {
  // A pipe that happens to be there is not somebody pressing begin.
  if (!stdin.isTTY) return { close: () => undefined };
  const listener = (chunk: Buffer | string): void => {
    for (const key of chunk.toString()) onKey(key === '\n' ? '\r' : key.toLowerCase());
  };
  stdin.setRawMode(true);
  stdin.on('data', listener);
  stdin.resume();
  return {
    close: () => {
      stdin.off('data', listener);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}
