import type { Bus, BusMessage } from '../../model/bus.ts';
import { DESKTOP_PREFIX, DESKTOP_TOPIC, desktopAskSchema } from '../../model/desktop.ts';
import type { DesktopPart } from '../../model/desktop.ts';
import type { Outgoing } from '../../model/device.ts';
import type { Log } from '../../model/log.ts';
import type { Part } from './part.ts';

export type Parts = Readonly<Record<DesktopPart, Part>>;

/**
 * A bus and the desktop of this computer beside it. Topics that begin with `desktop:` are the desktop's, and nothing of
 * them is ever published elsewhere, or believed from there; everything else is the bus's.
 */
export class DesktopBus implements Bus {
  readonly #bus: Bus;
  readonly #parts: Parts;
  readonly #log: Log;
  readonly #followed = new Set<string>();
  readonly #onMessage: ((message: BusMessage) => void)[] = [];

  constructor(bus: Bus, parts: Parts, log: Log) {
    this.#bus = bus;
    this.#parts = parts;
    this.#log = log;
  }

  publish(message: Outgoing & { readonly retain?: boolean }): void {
    if (!message.topic.startsWith(DESKTOP_PREFIX)) {
      this.#bus.publish(message);
      return;
    }
    const { part, device, asks } = placeOf(message.topic);
    const ask = desktopAskSchema.safeParse(JSON.parse(message.payload)).data;
    if (part !== null && asks && ask !== undefined) this.#parts[part].ask(device, ask);
    else this.#log.error({ topic: message.topic.slice(0, 200) }, 'message dropped: nothing of a desktop');
  }

  subscribe(filters: readonly string[]): void {
    this.#bus.subscribe(filters.filter((filter) => !filter.startsWith(DESKTOP_PREFIX)));
    for (const filter of filters) {
      const { part, device, asks } = placeOf(filter);
      if (part === null || asks || this.#followed.has(filter)) continue;
      this.#followed.add(filter);
      this.#parts[part].follow(device, (why) => {
        const payload = JSON.stringify(why === null ? { up: true } : { up: false, why });
        for (const listener of this.#onMessage) listener({ topic: filter, payload, retained: false });
      });
    }
  }

  onMessage(listener: (message: BusMessage) => void): void {
    this.#bus.onMessage((message) => {
      if (!message.topic.startsWith(DESKTOP_PREFIX)) listener(message);
    });
    this.#onMessage.push(listener);
  }

  onLink(listener: (up: boolean) => void): void {
    this.#bus.onLink(listener);
  }

  onTakenOver(listener: () => void): void {
    this.#bus.onTakenOver(listener);
  }

  async close(): Promise<void> {
    await Promise.all([this.#parts.bell.close(), this.#parts.notification.close()]);
    await this.#bus.close();
  }
}

function placeOf(topic: string): {
  readonly part: DesktopPart | null;
  readonly device: string;
  readonly asks: boolean;
} {
  const { part, device = '', asks } = DESKTOP_TOPIC.exec(topic)?.groups ?? {};
  return { part: part === 'bell' || part === 'notification' ? part : null, device, asks: asks !== undefined };
}
