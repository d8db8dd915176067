import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';

/** Unlocks the other end of /dev/ptmx, handed over as descriptor 3, and prints its number: TIOCSPTLCK and TIOCGPTN of Linux. */
const UNLOCK =
  'open(F,"+<&=",3) or die; my $z=pack("i",0); ioctl(F,0x40045431,$z) or die; ' +
  'my $n=pack("I",0); ioctl(F,0x80045430,$n) or die; print unpack("I",$n)';

/** A tty of the kernel: a program opens `path` as it opens a serial port, and here is the other end. */
export interface Pty {
  readonly path: string;
  write(bytes: Uint8Array): void;
  onData(listener: (bytes: Uint8Array) => void): void;
  /** As a plug that is pulled. */
  hangUp(): void;
}

/** Linux, with perl and stty. A tty knows no speed: what it carries takes no time. */
export function openPty(): Pty {
  const main = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY);
  const perl = spawnSync('perl', ['-e', UNLOCK], {
    stdio: ['ignore', 'pipe', 'inherit', main],
    encoding: 'utf8',
  });
  if (perl.status !== 0) throw new Error('there is no tty to be had: it needs Linux and perl');
  const path = `/dev/pts/${perl.stdout}`;
  // Open here as well, so that it stays when a program closes it; and raw, so that nothing is echoed before one opens it.
  const kept = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  spawnSync('stty', ['-F', path, 'raw', '-echo']);
  const stream = new ReadStream(main);
  let open = true;
  return {
    path,
    write: (bytes) => {
      if (open) writeSync(main, bytes);
    },
    onData: (listener) => {
      stream.on('data', (bytes: Buffer) => {
        listener(bytes);
      });
    },
    hangUp: () => {
      if (!open) return;
      open = false;
      closeSync(kept);
      stream.destroy();
    },
  };
}
