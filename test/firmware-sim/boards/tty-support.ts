import { spawnSync } from 'node:child_process';
import { constants, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { AvrBoard } from '../../../firmware-sim/boards/avr/index.ts';
import { SystemClock } from '../../../src/clock/system.ts';
import { Random } from '../../../src/random/random.ts';
import { HEX, TestRig } from './body.ts';
import { bytesOf } from './talk.ts';

/** Unlocks the other end of /dev/ptmx, handed over as descriptor 3, and prints its number: TIOCSPTLCK and TIOCGPTN of Linux. */
const UNLOCK =
  'open(F,"+<&=",3) or die; my $z=pack("i",0); ioctl(F,0x40045431,$z) or die; ' +
  'my $n=pack("I",0); ioctl(F,0x80045430,$n) or die; print unpack("I",$n)';

export interface TtyBoard {
  /** Where a host finds it. */
  readonly port: string;
  readonly close: () => void;
}

/** The firmware in the emulator, in real time, behind a tty of the kernel. Linux, with perl. */
export function ttyBoard(): TtyBoard {
  const main = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY);
  const perl = spawnSync('perl', ['-e', UNLOCK], {
    stdio: ['ignore', 'pipe', 'inherit', main],
    encoding: 'utf8',
  });
  if (perl.status !== 0) throw new Error('there is no tty to be had: it needs Linux and perl');
  const rig = new TestRig();
  const board = new AvrBoard({
    clock: new SystemClock(),
    hex: HEX,
    wiring: rig.wiring,
    random: new Random(1, 'tty'),
  });
  board.onByte((byte) => {
    writeSync(main, Uint8Array.of(byte));
  });
  const heard = new ReadStream(main).setEncoding('latin1');
  heard.on('data', (text: string) => {
    board.send(bytesOf(text));
  });
  return {
    port: `/dev/pts/${perl.stdout}`,
    close: () => {
      board.close();
      heard.destroy();
    },
  };
}
