import type { Clock } from '../../clock/clock.ts';
import type { AppendOptions, Journal, JournalRecord, MemoryJournal } from '../../journal/index.ts';
import type { Bus, BusMessage } from '../../model/bus.ts';
import type { Port, Ports } from '../../model/port.ts';
import type { Disk } from './disk.ts';
import type { HostClock } from './host-clock.ts';

export type Boundary = 'before-journal' | 'before-command' | 'after-command';

/** A message that switches a valve, in the words of every dialect: nothing else is sent to those topics. */
const SWITCHES = /^(?!ebb\/).*\/(?:TimedPower\d*|Power\d*|PulseTime\d*|lease|set)$/;

/** The same in the words of a board on a serial port. */
const SWITCHING = /^@\d+ (?:OPEN|CLOSE) /;

/** The same to a device that is called over MQTT. */
const SWITCH_CALL = /"Switch\.Set"/;

/** Whether what is said on a topic switches a valve; an expression: what switches there. */
function switchesOn(topic: string): boolean | RegExp {
  if (topic.startsWith('port:')) return SWITCHING;
  return topic.endsWith('/rpc') ? SWITCH_CALL : SWITCHES.test(topic);
}

/**
 * One run of the controller as the operating system has it. All that reaches the controller comes through here, and
 * all that it does goes through here, so that it can be killed between any two of them: from then on nothing calls it
 * back, and what it still says in the turn that it died in is never said.
 */
export class Process {
  readonly clock: Clock;
  readonly #host: HostClock;
  readonly #died: (process: Process) => void;
  readonly #switching = new Map<string, boolean | RegExp>();
  readonly #open = new Set<Port>();
  #alive = true;
  #doom: { readonly boundary: Boundary; left: number; readonly dies: () => void } | null = null;

  constructor(host: HostClock, died: (process: Process) => void) {
    this.#host = host;
    this.#died = died;
    this.clock = {
      nowMs: () => host.nowMs(),
      wallMs: () => host.wallMs(),
      at: (atMs, name, callback) =>
        host.at(atMs, name, () => {
          if (this.#alive) callback();
        }),
    };
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** kill -9. */
  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    // As the kernel does it.
    for (const port of this.#open) port.close();
    this.#died(this);
  }

  /** Dies at the nth boundary of that kind from now on, just after `dies`. */
  doom(boundary: Boundary, nth: number, dies: () => void = () => undefined): void {
    this.#doom = { boundary, left: nth, dies };
  }

  bus(wire: Bus): Bus {
    return {
      publish: (message) => {
        // Nobody asks where it dies: then nobody need know what switches.
        if (this.#doom === null) {
          if (this.#alive) wire.publish(message);
          return;
        }
        const switches = this.#switches(message);
        if (switches) this.#pass('before-command');
        if (this.#alive) wire.publish(message);
        if (switches) this.#pass('after-command');
      },
      subscribe: (filters) => {
        if (this.#alive) wire.subscribe(filters);
      },
      onMessage: (listener) => {
        wire.onMessage((message: BusMessage) => {
          if (this.#alive && !this.#host.frozen) listener(message);
          else
            this.#arrives(() => {
              listener(message);
            });
        });
      },
      onLink: (listener) => {
        wire.onLink((up) => {
          this.#arrives(() => {
            listener(up);
          });
        });
      },
      onTakenOver: (listener) => {
        wire.onTakenOver(() => {
          this.#arrives(listener);
        });
      },
      close: () => wire.close(),
    };
  }

  ports(ports: Ports): Ports {
    return {
      open: (path, baudRate, done) => {
        ports.open(path, baudRate, (opened) => {
          const { port } = opened;
          if (!this.#alive) {
            port?.close();
            return;
          }
          if (port !== undefined) this.#open.add(port);
          const held = port === undefined ? opened : { port: this.#port(port) };
          this.#arrives(() => {
            done(held);
          });
        });
      },
    };
  }

  #port(port: Port): Port {
    return {
      write: (bytes) => {
        if (this.#alive) port.write(bytes);
      },
      onData: (listener) => {
        port.onData((bytes) => {
          this.#arrives(() => {
            listener(bytes);
          });
        });
      },
      onClose: (listener) => {
        port.onClose((failure) => {
          this.#open.delete(port);
          this.#arrives(() => {
            listener(failure);
          });
        });
      },
      close: (done) => {
        this.#open.delete(port);
        port.close(done);
      },
    };
  }

  journal(memory: MemoryJournal, disk: Disk): Journal {
    return {
      append: (records: readonly JournalRecord[], options: AppendOptions = {}) => {
        if (this.#doom !== null && records.some(({ type }) => type !== 'reading'))
          this.#pass('before-journal');
        if (!this.#alive) return;
        const { durable } = options;
        // Most records wait for no answer.
        if (durable === undefined) {
          disk.append(memory, records, options);
          return;
        }
        const answered = (error: Error | null): void => {
          this.#arrives(() => {
            durable(error);
          });
        };
        disk.append(memory, records, { ...options, durable: answered });
      },
      onFailure: (listener) => {
        memory.onFailure((error) => {
          this.#arrives(() => {
            listener(error);
          });
        });
      },
      close: () => memory.close(),
    };
  }

  /** Of each topic it is found out once, but for those where what is said decides. */
  #switches({ topic, payload }: { readonly topic: string; readonly payload: string }): boolean {
    let known = this.#switching.get(topic);
    if (known === undefined) this.#switching.set(topic, (known = switchesOn(topic)));
    return typeof known === 'boolean' ? known : known.test(payload);
  }

  /** Something from beside the controller: its terminal, its page. */
  hear(act: () => void): void {
    this.#arrives(act);
  }

  #arrives(act: () => void): void {
    if (!this.#alive) return;
    if (!this.#host.frozen) act();
    else
      this.#host.hold(() => {
        if (this.#alive) act();
      });
  }

  #pass(boundary: Boundary): void {
    if (this.#doom?.boundary !== boundary || !this.#alive) return;
    this.#doom.left -= 1;
    if (this.#doom.left > 0) return;
    const { dies } = this.#doom;
    this.#doom = null;
    dies();
    this.kill();
  }
}
