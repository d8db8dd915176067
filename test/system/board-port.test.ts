/**
 * If this fails, a person whose valve board does not work is told nothing that helps, has to start Ebb again when it does,
 * or has a computer that is busy with a broken cable: `ebb serve` as a process, a tty of the kernel, serialport, and the
 * committed firmware at the other end.
 */
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { AvrBoard } from '../../firmware-sim/boards/avr/index.ts';
import type { Timer } from '../../src/clock/clock.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { deviceReportSchema } from '../../src/model/inventory.ts';
import { Random } from '../../src/random/random.ts';
import { z } from 'zod';
import { HEX, TestRig } from '../firmware-sim/boards/body.ts';
import { writeBoardHome } from '../support/board-home.ts';
import { cleanUp, freePort, runEbb, runNode, type Child } from '../support/process.ts';
import { openPty, type Pty } from '../support/pty.ts';
import { until } from '../support/until.ts';

const clock = new SystemClock();
const ends: (() => void)[] = [];
afterEach(async () => {
  await cleanUp();
  for (const end of ends.splice(0).reverse()) end();
});

function pty(): Pty {
  const made = openPty();
  ends.push(() => {
    made.hangUp();
  });
  return made;
}

/** Every so many milliseconds until it is ended. */
function every(ms: number, what: () => void): () => void {
  let timer: Timer | null = null;
  const again = (): void => {
    what();
    timer = clock.at(clock.nowMs() + ms, 'every', again);
  };
  again();
  const end = (): void => timer?.cancel();
  ends.push(end);
  return end;
}

/** The committed firmware at the far end, in real time. `mute` cuts its voice. */
function firmwareAt(far: Pty): { mute: boolean; readonly end: () => void } {
  const board = new AvrBoard({ clock, hex: HEX, wiring: new TestRig().wiring, random: new Random(1, 'tty') });
  const made = {
    mute: false,
    end: () => {
      board.close();
    },
  };
  ends.push(made.end);
  far.onData((bytes) => {
    board.send(bytes);
  });
  board.onByte((byte) => {
    if (!made.mute) far.write(Uint8Array.of(byte));
  });
  return made;
}

/** Processor time of a process so far, milliseconds: user and system, in ticks of 10 ms. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.at(clock.nowMs() + ms, 'wait', resolve);
  });

const answerSchema = z.object({ devices: z.array(deviceReportSchema) });

async function devices(folder: string) {
  const ebb = runEbb(['devices', '--json'], folder);
  await ebb.exit;
  return answerSchema.parse(JSON.parse(ebb.out())).devices;
}

it('each trouble with the port is told in words and mended without a restart, at less than 5 % of a processor', async () => {
  const { folder, port } = writeBoardHome(false, `listen: "127.0.0.1:${await freePort()}"`);
  const serve: Child = runEbb(['serve'], folder);
  await serve.waitFor(/ebb serves/);
  let read = 0;
  /** What the log says from here on. */
  const told = (pattern: RegExp): Promise<void> =>
    until(
      `the log says ${pattern.source}`,
      () => {
        const found = pattern.exec(serve.err().slice(read));
        if (found !== null) read += found.index + found[0].length;
        return found !== null;
      },
      20_000,
    );
  const plugIn = (path: string): void => {
    rmSync(port, { force: true });
    symlinkSync(path, port);
  };
  const allThere = (): Promise<void> =>
    until(
      'every part of the board is there',
      async () => (await devices(folder)).every(({ link }) => link === 'up'),
      30_000,
    );

  await told(/there is no \S*board; plug it in/);
  expect((await devices(folder)).map(({ why }) => why)).toEqual(
    Array(6).fill(expect.stringMatching(/^there is no \S*board; plug it in/)),
  );

  writeFileSync(port, '');
  await told(/board is no serial port/);

  const sketch = pty();
  const stop = every(100, () => {
    sketch.write(Buffer.from('Hello from my plant waterer\r\n'));
  });
  plugIn(sketch.path);
  await told(/something that says .{0,2}Hello from my plant waterer.*flash the firmware/);
  stop();

  const far = pty();
  const other = runNode([join(import.meta.dirname, '../support/open-port.ts'), far.path], folder);
  await other.waitFor(/opened/);
  plugIn(far.path);
  await told(/board is open already; end the other program/);
  other.kill('SIGKILL');
  await other.exit;

  const board = firmwareAt(far);
  await allThere();
  expect((await devices(folder)).map(({ why }) => why)).toEqual(Array(6).fill(null));

  // As many bytes as the wire carries, and none of them from the board.
  board.mute = true;
  const random = new Random(5, 'garbage');
  const before = cpuMs(serve.pid);
  const garbage = every(2, () => {
    far.write(Uint8Array.from({ length: 23 }, () => random.int(0, 255)));
  });
  await wait(10_000);
  garbage();
  const noisy = (cpuMs(serve.pid) - before) / 10_000;
  await told(/no text of a valve board; look for another firmware, another speed, or a bad cable/);
  board.mute = false;
  await allThere();

  // Pulled in the very moment that it says something: the binding does not notice, and reads nothing as fast as it can.
  far.write(Buffer.from('!half a li'));
  far.hangUp();
  rmSync(port);
  await told(/nothing answers; look at the cable|board went away/);
  await told(/there is no \S*board/);
  const pulled = cpuMs(serve.pid);
  await wait(3_000);
  const resting = (cpuMs(serve.pid) - pulled) / 3_000;
  board.end();
  const again = pty();
  firmwareAt(again);
  plugIn(again.path);
  await allThere();
  console.log(
    `processor: ${(100 * noisy).toFixed(1)} % in 10 s of garbage, ${(100 * resting).toFixed(1)} % without a board`,
  );
  expect(noisy).toBeLessThan(0.05);
  expect(resting).toBeLessThan(0.05);
}, 120_000);
