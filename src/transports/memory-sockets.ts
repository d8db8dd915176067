import type { Clock } from '../clock/clock.ts';
import { InvariantError } from '../model/errors.ts';
import type { Accept, OpenSocket, ServerSide } from '../model/homeassistant.ts';

/** From one end to the other, as in a house. */
const HOP_MS = 2;

/** WebSockets of the virtual clock: texts arrive through it, in order, one hop later. */
export class MemorySockets {
  readonly #clock: Clock;
  readonly #servers = new Map<string, Accept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A simulated server is there from now on. */
  listen(url: string, accept: Accept): { close(): void } {
    if (this.#servers.has(url)) throw new InvariantError('invariant', `something listens at ${url} already`);
    this.#servers.set(url, accept);
    return {
      close: () => {
        this.#servers.delete(url);
      },
    };
  }

  readonly open: OpenSocket = (url, events) => {
    let [over, told] = [false, false];
    let server: ServerSide | null = null;
    const later = (act: () => void): void => {
      this.#clock.at(this.#clock.nowMs() + HOP_MS, 'socket', act);
    };
    const closed = (why: string): void => {
      if (over) return;
      over = true;
      events.closed(why);
    };
    later(() => {
      const accept = this.#servers.get(url);
      if (over) return;
      if (accept === undefined) {
        closed('it cannot be reached');
        return;
      }
      server = accept({
        send: (text) => {
          later(() => {
            if (!over) events.text(text);
          });
        },
        close: () => {
          later(() => {
            closed('it closed the connection');
          });
        },
      });
      events.open();
    });
    return {
      send: (text) => {
        later(() => {
          if (!told) server?.text(text);
        });
      },
      close: () => {
        over = true;
        later(() => {
          told = true;
          server?.closed();
        });
      },
    };
  };
}
