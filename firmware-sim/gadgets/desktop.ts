import { z } from 'zod';
import type { Bus } from '../../src/model/bus.ts';
import type { BuzzerPort, Gadget, NoticePort } from './ports.ts';
import type { Connect } from './radio.ts';

const askSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('ring') }),
  z.object({ do: z.literal('show'), title: z.string(), text: z.string() }),
  z.object({ do: z.literal('clear') }),
]);

/** How long a bell sounds, milliseconds: as long as most terminals have it. */
const BELL_MS = 100;

/**
 * The bell of a terminal, or a notification of a desktop, as nobody hears and sees it: it notes what it is asked. It
 * stands on the bus of the simulation, in the place of the computer.
 */
export class Desktop implements Gadget {
  readonly name: string;
  readonly #bus: Bus;
  readonly #topic: string;
  readonly #port: BuzzerPort & NoticePort;
  #there = true;

  constructor({
    id,
    part,
    connect,
    port,
  }: {
    readonly id: string;
    readonly part: 'bell' | 'notification';
    readonly connect: Connect;
    readonly port: BuzzerPort & NoticePort;
  }) {
    this.name = `desktop:${id}`;
    this.#topic = `desktop:${part}/${id}`;
    this.#port = port;
    this.#bus = connect({ clientId: `sim-desktop-${id}` });
    this.#bus.subscribe([`${this.#topic}/do`]);
    this.#bus.onMessage(({ payload }) => {
      this.#hear(payload);
    });
    this.#bus.onLink((up) => {
      if (up) this.#tell();
    });
  }

  disconnect(): void {
    this.#there = false;
    this.#tell();
  }

  reconnect(): void {
    this.#there = true;
    this.#tell();
  }

  /** Whoever logs in again finds nothing of before. */
  reboot(): void {
    this.#port.notice(null);
  }

  close(): Promise<void> {
    return this.#bus.close();
  }

  #tell(): void {
    const payload = JSON.stringify(this.#there ? { up: true } : { up: false, why: 'nobody is logged in' });
    this.#bus.publish({ topic: this.#topic, payload, qos: 1, retain: true });
  }

  #hear(payload: string): void {
    if (!this.#there) return;
    const ask = askSchema.parse(JSON.parse(payload));
    if (ask.do === 'ring') this.#port.beep(1, BELL_MS, 0);
    else this.#port.notice(ask.do === 'show' ? `${ask.title}: ${ask.text}` : null);
  }
}
