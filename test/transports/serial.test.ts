// If this fails, a board that is pulled out, held by another program or not allowed to this user looks like any other
// silence, and a port may be opened twice, by two who both believe that the valves are theirs.
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { SystemClock } from '../../src/clock/system.ts';
import type { Port, PortFailure } from '../../src/model/port.ts';
import { openFailure } from '../../src/transports/serial/failure.ts';
import { SerialPorts } from '../../src/transports/serial/index.ts';
import { cleanUp, runNode } from '../support/process.ts';
import { openPty, type Pty } from '../support/pty.ts';
import { until } from '../support/until.ts';

const OPEN_PORT = join(import.meta.dirname, '../support/open-port.ts');
const folder = mkdtempSync(join(tmpdir(), 'ebb-serial-'));
const ports = new SerialPorts(new SystemClock());
const opened: Port[] = [];
const ptys: Pty[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((port) => closed(port)));
  for (const pty of ptys.splice(0)) pty.hangUp();
  await cleanUp();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const closed = (port: Port): Promise<void> =>
  new Promise((resolve) => {
    port.close(resolve);
  });

function pty(): Pty {
  const made = openPty();
  ptys.push(made);
  return made;
}

const open = (path: string): Promise<Port | PortFailure> =>
  new Promise((resolve) => {
    ports.open(path, 115_200, ({ port, failure }) => {
      if (port !== undefined) opened.push(port);
      resolve(port ?? failure);
    });
  });

async function openOf(path: string): Promise<Port> {
  const result = await open(path);
  if ('problem' in result) throw new Error(result.message);
  return result;
}

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);

describe('a serial port of this computer', () => {
  it('carries every byte both ways as it is', async () => {
    const far = pty();
    const port = await openOf(far.path);
    const here: number[] = [];
    const there: number[] = [];
    port.onData((bytes) => here.push(...bytes));
    far.onData((bytes) => there.push(...bytes));
    port.write(ALL_BYTES);
    far.write(ALL_BYTES);
    await until('all of it is there', () => here.length === 256 && there.length === 256);
    expect([here, there]).toEqual([[...ALL_BYTES], [...ALL_BYTES]]);
  });

  it('lets the last words out before it is closed, and can be opened again', async () => {
    const far = pty();
    const port = await openOf(far.path);
    let heard = '';
    far.onData((bytes) => (heard += String.fromCharCode(...bytes)));
    port.write(Buffer.from('@1 CLOSE 1*0000\n'));
    await closed(port);
    await until('the close is out', () => heard === '@1 CLOSE 1*0000\n');
    await openOf(far.path);
  });

  it('that is not there is said to be missing; what is no port, to be none', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await open('/dev/ttyUSB99')).toMatchObject({
      problem: 'missing',
      message: expect.stringContaining('/dev/serial/by-id') as string,
    });
    expect(await open(file)).toMatchObject({ problem: 'unfit' });
    expect(await open('/dev/null')).toMatchObject({ problem: 'unfit' });
  });

  it('is opened once in a process, under whatever name', async () => {
    const far = pty();
    const name = join(folder, 'usb-Our_Board');
    symlinkSync(far.path, name);
    const port = await openOf(name);
    expect(await open(far.path)).toMatchObject({ problem: 'in_use' });
    await closed(port);
    await openOf(far.path);
  });

  it('is opened once by all processes', async () => {
    const far = pty();
    const other = runNode([OPEN_PORT, far.path], folder);
    await other.waitFor(/opened/);
    expect(await open(far.path)).toMatchObject({
      problem: 'in_use',
      message: expect.stringContaining('second controller') as string,
    });
    other.kill('SIGKILL');
    await other.exit;
    await openOf(far.path);
  });

  it('that this user may not open is said to be so, with the group to join', async () => {
    const far = pty();
    chmodSync(far.path, 0o000);
    // Root may open everything: then it is somebody else who tries.
    const somebody = process.getuid?.() === 0 ? ['65534'] : [];
    const other = runNode([OPEN_PORT, far.path, ...somebody], folder);
    await other.waitFor(/forbidden: this user may not open .* dialout/);
    expect(await other.exit).toBe(0);
  });

  it('that hangs up is told to be gone', async () => {
    const far = pty();
    const port = await openOf(far.path);
    const gone: PortFailure[] = [];
    port.onClose((failure) => gone.push(failure));
    // In the same moment as an opening or a byte the binding does not notice: that is what the watch over answers is for.
    await new Promise((resolve) => setTimeout(resolve, 200));
    far.hangUp();
    await until('it is gone', () => gone.length > 0);
    expect(gone).toEqual([
      { problem: 'gone', message: `${far.path} went away; look at the plug, the cable and the power` },
    ]);
    port.write(ALL_BYTES);
    await closed(port);
  });

  it('whose listener makes a mistake ends the program with it, and is not said to be gone', async () => {
    const far = pty();
    const other = runNode([OPEN_PORT, far.path, 'throws'], folder);
    await other.waitFor(/opened/);
    far.write(ALL_BYTES);
    expect(await other.exit).toBe(1);
    expect(other.err()).toContain('TypeError: a mistake of our own');
    expect(other.out()).toBe('opened\n');
  });

  it('that takes nothing more is given up before much waits for it', async () => {
    const far = pty();
    const port = await openOf(far.path);
    const gone: PortFailure[] = [];
    port.onClose((failure) => gone.push(failure));
    // Nobody reads at the other end: the kernel takes some kilobytes, and then no more.
    for (let sent = 0; sent < 200 && gone.length === 0; sent += 1) {
      port.write(new Uint8Array(1_024));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(gone).toMatchObject([{ problem: 'gone' }]);
  });

  // What other systems and other bindings say, where it is known.
  it.each([
    ['Error Resource temporarily unavailable Cannot lock port', 'in_use'],
    ['Error: Device or resource busy, cannot open /dev/ttyS0', 'in_use'],
    ['Opening COM3: Access denied', 'in_use'],
    ['Opening COM9: File not found', 'missing'],
    ['Error: No such file or directory, cannot open /dev/ttyS9', 'missing'],
    ['Error: Permission denied, cannot open /dev/ttyS0', 'forbidden'],
    ['Error: Inappropriate ioctl for device, cannot open /dev/null', 'unfit'],
  ])('%s: %s', (said, problem) => {
    expect(openFailure(new Error(said), '/dev/x').problem).toBe(problem);
  });
});
