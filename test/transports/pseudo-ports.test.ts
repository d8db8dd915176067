// If this fails, `ebb devices simulate` has no board that another program can open, takes the place of a real one, or
// leaves links behind that lead nowhere.
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TwinBoard } from '../../firmware-sim/boards/twin/index.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { LinkError } from '../../src/model/errors.ts';
import type { Plug, Port } from '../../src/model/port.ts';
import { Random } from '../../src/random/random.ts';
import { PseudoPorts } from '../../src/transports/pseudo-ports.ts';
import { SerialPorts } from '../../src/transports/serial/index.ts';
import { TestRig } from '../firmware-sim/boards/body.ts';
import { bytesOf, framed } from '../firmware-sim/boards/talk.ts';

const clock = new SystemClock();
let folder = '';
let path = '';
let ports = new PseudoPorts(clock);
let board: TwinBoard | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebb-port-'));
  path = join(folder, 'by-id', 'valve-board');
  ports = new PseudoPorts(clock);
});
afterEach(() => {
  board?.close();
  board = null;
  ports.close();
  rmSync(folder, { recursive: true });
});

/** A board at the path, reset when somebody opens it. */
function plugged(): { readonly plug: Plug; readonly opened: boolean[] } {
  const plug = ports.plug(path);
  const made = new TwinBoard({ clock, wiring: new TestRig().wiring, random: new Random(1, 'pseudo') });
  const opened: boolean[] = [];
  board = made;
  plug.onOpen((open) => {
    opened.push(open);
    if (open) made.reset();
  });
  plug.onData((bytes) => {
    made.send(bytes);
  });
  made.onByte((byte) => {
    plug.write(Uint8Array.of(byte));
  });
  return { plug, opened };
}

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 5 });

async function host(): Promise<{ port: Port; heard: () => string }> {
  const port = await new Promise<Port>((resolve, reject) => {
    new SerialPorts(clock).open(path, 115_200, ({ port: opened, failure }) => {
      if (opened === undefined) reject(new Error(failure.message));
      else resolve(opened);
    });
  });
  let text = '';
  port.onData((bytes) => (text += String.fromCharCode(...bytes)));
  return { port, heard: () => text };
}

it('can be opened as a serial port is, resets its board then, and carries lines both ways', async () => {
  const { opened } = plugged();
  const { port, heard } = await host();
  await until(() => {
    expect(heard()).toMatch(/^!boot boot=\w+ reset=ext\*\w{4}\n$/);
  });
  port.write(bytesOf(framed('@7 OPEN 3 500')));
  await until(() => {
    expect(heard()).toContain('@7 ok v=3 ms=500*');
  });
  await new Promise<void>((resolve) => {
    port.close(resolve);
  });
  await until(() => {
    expect(opened).toEqual([true, false]);
  });
});

it('is no port any more when the cable is pulled, and one again when it is back', async () => {
  const { plug } = plugged();
  // Whoever has it open may not be told: a port that is silent has to be looked after.
  const { port } = await host();
  plug.unplug();
  await expect(host()).rejects.toThrow(/there is no /);
  port.close();
  board?.close();
  plugged();
  const again = await host();
  await until(() => {
    expect(again.heard()).toMatch(/^!boot /);
  });
  again.port.close();
});

it('takes the place of nothing that is there, but of a link that a killed simulation left', () => {
  ports.plug(path);
  const other = join(folder, 'a-file');
  writeFileSync(other, 'mine');
  for (const taken of [path, other]) expect(() => ports.plug(taken)).toThrow(LinkError);
  const left = join(folder, 'left-behind');
  symlinkSync('/dev/pts/987654', left);
  ports.plug(left);
  expect(readlinkSync(left)).toMatch(/^\/dev\/pts\/\d+$/);
  expect(existsSync(left)).toBe(true);
  ports.close();
  expect(lstatSync(left, { throwIfNoEntry: false })).toBeUndefined();
});
