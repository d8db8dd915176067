import { spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Body } from './body.ts';
import { bytesOf, framed } from './talk.ts';

/** A board resets when its port is opened, and needs as long until it answers; a bootloader waits first. */
const RESET_MS = 2_500;

/**
 * A board of copper on a port of this computer, for `EBB_BOARD_PORT=/dev/ttyACM0 npx vitest run
 * test/firmware-sim/boards/conformance.test.ts`. Nothing but its line is in reach, so its pins, its water and its button
 * are not looked at; it should have its thermistor and no valves. Needs `stty` and `cat`.
 */
export async function realBody(port: string, resetMs = RESET_MS): Promise<Body> {
  const out = openSync(port, constants.O_RDWR | constants.O_NOCTTY);
  const stty = spawnSync('stty', ['-F', port, '115200', 'raw', '-echo', '-hupcl', 'clocal'], {
    encoding: 'utf8',
  });
  if (stty.status !== 0) throw new Error(`${port} is no serial port: ${stty.stderr}`);
  const listeners: ((byte: number, atMs: number) => void)[] = [];
  const nowMs = (): number => performance.now();
  const reader = spawn('cat', [port], { stdio: ['ignore', 'pipe', 'ignore'] });
  reader.stdout.on('data', (chunk: Buffer) => {
    for (const byte of chunk) for (const listener of listeners) listener(byte, nowMs());
  });
  const pass = (ms: number): Promise<void> => sleep(ms).then(() => undefined);
  const send = (bytes: Uint8Array): void => {
    writeSync(out, bytes);
  };
  await pass(resetMs);
  // Whatever the row before left behind.
  send(bytesOf(`\n\x18${framed('@0 CLEAR')}${framed('@0 TELE 0')}`));
  await pass(100);
  return {
    nowMs,
    send,
    pass,
    onByte: (listener) => {
      listeners.push(listener);
    },
    close: () => {
      reader.kill();
      closeSync(out);
      return Promise.resolve();
    },
    rig: null,
  };
}
