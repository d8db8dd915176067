import type { Clock, Timer } from '../../clock/clock.ts';
import type { Between } from '../../main.ts';
import type { Bus } from '../../model/bus.ts';

/**
 * Stands between a simulated controller and the world, and can stop it as SIGSTOP stops a process: no timer, no
 * message, no answer of the journal reaches it, and nothing that it says goes out. Time goes on. What came meanwhile
 * is delivered in its order at the thaw, late, as from the buffers of a socket.
 */
export class Freezer implements Between {
  #frozen = false;
  #held: (() => void)[] = [];

  get frozen(): boolean {
    return this.#frozen;
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    for (const run of this.#held.splice(0)) run();
  }

  clock(clock: Clock): Clock {
    return {
      nowMs: () => clock.nowMs(),
      wallMs: () => clock.wallMs(),
      at: (atMs, name, callback) => this.#timer(clock, atMs, name, callback),
    };
  }

  bus(bus: Bus): Bus {
    return {
      publish: (message) => {
        this.#pass(() => {
          bus.publish(message);
        });
      },
      subscribe: (filters) => {
        bus.subscribe(filters);
      },
      onMessage: (listener) => {
        bus.onMessage((message) => {
          this.#pass(() => {
            listener(message);
          });
        });
      },
      onLink: (listener) => {
        bus.onLink((up) => {
          this.#pass(() => {
            listener(up);
          });
        });
      },
      onTakenOver: (listener) => {
        bus.onTakenOver(() => {
          this.#pass(listener);
        });
      },
      close: () => bus.close(),
    };
  }

  #pass(run: () => void): void {
    if (this.#frozen) this.#held.push(run);
    else run();
  }

  /** One that came due in the ice may still be cancelled by what is delivered before it. */
  #timer(clock: Clock, atMs: number, name: string, callback: () => void): Timer {
    let cancelled = false;
    const timer = clock.at(atMs, name, () => {
      this.#pass(() => {
        if (!cancelled) callback();
      });
    });
    return {
      cancel: () => {
        cancelled = true;
        timer.cancel();
      },
    };
  }
}
