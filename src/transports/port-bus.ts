import type { Clock } from '../clock/clock.ts';
import type { Bus, BusMessage } from '../model/bus.ts';
import type { Outgoing } from '../model/device.ts';
import type { Log } from '../model/log.ts';
import type { Ports } from '../model/port.ts';
import type { Random } from '../random/random.ts';

/** What is spoken over one port, and what its dialect is made with. */
export interface PortLinkOptions {
  readonly path: string;
  readonly ports: Ports;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** A message of the port: on `port:<path>/<part>`. `link` tells `{"up":true}`, or `{"up":false,"why":"…"}`. */
  readonly say: (part: string, payload: string) => void;
}
export interface PortLink {
  /** A message to the port, on `port:<path>/<dialect>`. */
  send(payload: string): void;
  close(done: () => void): void;
}
/** By the last part of the topic that its drivers use. */
export type PortDialects = Readonly<Record<string, (options: PortLinkOptions) => PortLink>>;

export interface PortBusOptions {
  readonly dialects: PortDialects;
  readonly ports: Ports;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const PREFIX = 'port:';
/** `port:/dev/ttyUSB0/line` */
const TOPIC = /^port:(.+)\/([a-z]+)$/;

/**
 * A bus and the serial ports beside it. Topics that begin with `port:` belong to the ports, and nothing of them is ever
 * published elsewhere; everything else is the bus's. A port is opened when somebody subscribes to what it says.
 */
export class PortBus implements Bus {
  readonly #bus: Bus;
  readonly #options: PortBusOptions;
  readonly #links = new Map<string, { readonly dialect: string; readonly link: PortLink }>();
  /** The same by the topic that a message to it is published on. */
  readonly #byTopic = new Map<string, PortLink>();
  readonly #onMessage: ((message: BusMessage) => void)[] = [];

  constructor(bus: Bus, options: PortBusOptions) {
    this.#bus = bus;
    this.#options = options;
  }

  publish(message: Outgoing & { readonly retain?: boolean }): void {
    if (!message.topic.startsWith(PREFIX)) {
      this.#bus.publish(message);
      return;
    }
    const link = this.#byTopic.get(message.topic);
    if (link !== undefined) link.send(message.payload);
    else this.#options.log.error({ topic: message.topic.slice(0, 200) }, 'message dropped: no such port');
  }

  subscribe(filters: readonly string[]): void {
    this.#bus.subscribe(filters.filter((filter) => !filter.startsWith(PREFIX)));
    for (const filter of filters) {
      const [, path = '', dialect = ''] = TOPIC.exec(filter) ?? [];
      if (path !== '' && dialect !== 'link') this.#open(path, dialect);
    }
  }

  onMessage(listener: (message: BusMessage) => void): void {
    this.#bus.onMessage(listener);
    this.#onMessage.push(listener);
  }

  onLink(listener: (up: boolean) => void): void {
    this.#bus.onLink(listener);
  }

  onTakenOver(listener: () => void): void {
    this.#bus.onTakenOver(listener);
  }

  async close(): Promise<void> {
    await Promise.all([this.hangUp(), this.#bus.close()]);
  }

  /** The ports alone, as the end of a process closes them. */
  async hangUp(): Promise<void> {
    const links = [...this.#links.values()];
    this.#links.clear();
    this.#byTopic.clear();
    await Promise.all(
      links.map(
        ({ link }) =>
          new Promise<void>((resolve) => {
            link.close(resolve);
          }),
      ),
    );
  }

  #open(path: string, dialect: string): void {
    const known = this.#links.get(path);
    if (known?.dialect === dialect) return;
    const { dialects, ports, clock, random, log } = this.#options;
    const make = Object.hasOwn(dialects, dialect) ? dialects[dialect] : undefined;
    if (known !== undefined || make === undefined) {
      log.error({ port: path, dialect }, 'port not opened: it speaks one language, that of its first device');
      return;
    }
    const say = (part: string, payload: string): void => {
      const message = { topic: `${PREFIX}${path}/${part}`, payload, retained: false };
      for (const listener of this.#onMessage) listener(message);
    };
    const link = make({ path, ports, clock, random, log, say });
    this.#links.set(path, { dialect, link });
    this.#byTopic.set(`${PREFIX}${path}/${dialect}`, link);
  }
}
