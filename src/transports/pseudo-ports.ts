import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  readlinkSync,
  symlinkSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, Timer } from '../clock/clock.ts';
import { LinkError } from '../model/errors.ts';
import type { Plug } from '../model/port.ts';

/** How often the kernel is asked for bytes while somebody has the port open, and for somebody while nobody has. */
const READ_MS = 2;
const WAIT_MS = 40;
const CHUNK = 4_096;
/** Unlocks the other end of /dev/ptmx, handed over as descriptor 3, and prints its number: TIOCSPTLCK and TIOCGPTN of Linux. */
const UNLOCK =
  'open(F,"+<&=",3) or die; my $z=pack("i",0); ioctl(F,0x40045431,$z) or die; ' +
  'my $n=pack("I",0); ioctl(F,0x80045430,$n) or die; print unpack("I",$n)';

/**
 * Serial ports that a simulated device is plugged in at and any program can open: pseudo-terminals of the kernel, each
 * under the path that a config names, as a link that is there as long as the device. Linux, with perl and stty.
 */
export class PseudoPorts {
  readonly #clock: Clock;
  readonly #plugged = new Set<PseudoPlug>();
  readonly #atExit = (): void => {
    this.close();
  };

  /** Real time. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws LinkError something is at the path already, or there is no pseudo-terminal to be had */
  plug(path: string): Plug {
    if (this.#plugged.size === 0) process.once('exit', this.#atExit);
    const plug = new PseudoPlug(this.#clock, path, () => {
      this.#plugged.delete(plug);
    });
    this.#plugged.add(plug);
    return plug;
  }

  /** Every link is taken away. */
  close(): void {
    for (const plug of [...this.#plugged]) plug.end();
    process.removeListener('exit', this.#atExit);
  }
}

class PseudoPlug implements Plug {
  readonly #clock: Clock;
  readonly #path: string;
  readonly #ended: () => void;
  readonly #onData: ((bytes: Uint8Array) => void)[] = [];
  readonly #onOpen: ((open: boolean) => void)[] = [];
  readonly #main: number;
  readonly #buffer = new Uint8Array(CHUNK);
  #linked = true;
  #open = false;
  #timer: Timer | null = null;

  constructor(clock: Clock, path: string, ended: () => void) {
    this.#clock = clock;
    this.#path = path;
    this.#ended = ended;
    makeRoom(path);
    this.#main = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    try {
      link(this.#main, path);
    } catch (error) {
      closeSync(this.#main);
      throw error;
    }
    this.#look();
  }

  write(bytes: Uint8Array): void {
    if (!this.#open) return;
    try {
      writeSync(this.#main, bytes);
    } catch (error) {
      // Nobody reads: it is lost, as on a wire.
      if (!['EAGAIN', 'EIO'].includes(codeOf(error))) throw error;
    }
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#onData.push(listener);
  }

  onOpen(listener: (open: boolean) => void): void {
    this.#onOpen.push(listener);
  }

  unplug({ noticed } = { noticed: true }): void {
    if (noticed) {
      this.end();
      return;
    }
    // The computer goes on with a port at which nothing is any more.
    this.#timer?.cancel();
    this.#open = false;
    this.#unlink();
  }

  end(): void {
    this.#timer?.cancel();
    this.#open = false;
    this.#unlink();
    closeSync(this.#main);
    this.#ended();
  }

  #unlink(): void {
    // Somebody may have taken it away already: what is gone needs no removing.
    if (this.#linked) rmSync(this.#path, { force: true });
    this.#linked = false;
  }

  #look(): void {
    const bytes = this.#read();
    const open = bytes !== null;
    if (open !== this.#open) {
      this.#open = open;
      for (const listener of this.#onOpen) listener(open);
    }
    if (bytes !== null && bytes.length > 0) for (const listener of this.#onData) listener(bytes);
    this.#timer = this.#clock.at(this.#clock.nowMs() + (open ? READ_MS : WAIT_MS), 'pseudo port', () => {
      this.#look();
    });
  }

  /** null: nobody has it open. */
  #read(): Uint8Array | null {
    try {
      return this.#buffer.slice(0, readSync(this.#main, this.#buffer));
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EAGAIN') return new Uint8Array();
      if (code === 'EIO') return null;
      throw error;
    }
  }
}

/** Links of a simulation that was killed lead nowhere, and may be replaced. Nothing else is. */
function makeRoom(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
    mkdirSync(dirname(path), { recursive: true });
    return;
  }
  const dangling = isLink(path) && readlinkSync(path).startsWith('/dev/pts/') && !existsSync(path);
  if (!dangling)
    throw new LinkError('port_in_use', `there is something at ${path} already`, {
      port: path,
      remedy:
        'a simulated board takes the place of no other: name another port in the config of the simulation',
    });
  rmSync(path);
}

const isLink = (path: string): boolean => lstatSync(path).isSymbolicLink();

function link(main: number, path: string): void {
  const perl = spawnSync('perl', ['-e', UNLOCK], {
    stdio: ['ignore', 'pipe', 'ignore', main],
    encoding: 'utf8',
  });
  const port = `/dev/pts/${perl.stdout}`;
  // Or what the device says before the computer has set the port up comes back to it.
  const raw = spawnSync('stty', ['-F', port, 'raw', '-echo'], { stdio: 'ignore' });
  if (perl.status !== 0 || raw.status !== 0)
    throw new LinkError('port_in_use', `no port can be simulated at ${path}`, {
      port: path,
      remedy: 'it takes Linux, with perl and stty',
    });
  symlinkSync(port, path);
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
