import { realpath, stat } from 'node:fs';
import type { Clock } from '../../clock/clock.ts';
import type { PortOpened, Ports } from '../../model/port.ts';
import { failureOf, openFailure } from './failure.ts';
import { OpenPort, type Handle } from './open-port.ts';

/** The serial ports of this computer. Never lists them: serialport's own list ends the process where udev is missing. */
export class SerialPorts implements Ports {
  readonly #clock: Clock;
  /** What is open, or being opened or closed, by its true path: /dev/serial/by-id is full of second names. */
  readonly #taken = new Set<string>();

  /** Real time: it is about a driver, not about water. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open(path: string, baudRate: number, done: (opened: PortOpened) => void): void {
    realpath(path, (unreal, real) => {
      if (unreal !== null) {
        done({ failure: openFailure(unreal, path) });
        return;
      }
      stat(real, (unknown, stats) => {
        if (unknown !== null) done({ failure: openFailure(unknown, path) });
        else if (!stats.isCharacterDevice()) done({ failure: failureOf('unfit', path) });
        else if (this.#taken.has(real)) done({ failure: failureOf('in_use', path) });
        else this.#open(path, real, baudRate, done);
      });
    });
  }

  #open(path: string, real: string, baudRate: number, done: (opened: PortOpened) => void): void {
    this.#taken.add(real);
    const free = (): void => {
      this.#taken.delete(real);
    };
    openHandle(real, baudRate).then(
      (handle) => {
        done({ port: new OpenPort(handle, path, this.#clock, free) });
      },
      (error: unknown) => {
        free();
        done({ failure: openFailure(error, path) });
      },
    );
  }
}

/** serialport is loaded when it is needed first: it is native code, and most homes have no serial port. */
async function openHandle(path: string, baudRate: number): Promise<Handle> {
  const { SerialPort } = await import('serialport');
  // `lock`: no other process that locks gets it. `hupcl: false`: leaving it resets no board, so one that comes back soon
  // finds its lamp and its leases as they were.
  return SerialPort.binding.open({ path, baudRate, lock: true, hupcl: false });
}
