import { z } from 'zod';
import type { Clock } from '../../clock/clock.ts';
import type { Bus, BusMessage } from '../../model/bus.ts';
import { messageOf } from '../../model/errors.ts';
import type { Outgoing } from '../../model/device.ts';
import { HA_PREFIX, haCallSchema } from '../../model/homeassistant.ts';
import type { OpenSocket } from '../../model/homeassistant.ts';
import type { DeviceSettings } from '../../model/station.ts';
import type { Log } from '../../model/log.ts';
import type { Random } from '../../random/random.ts';
import { HomeAssistantLink } from './link.ts';

/** A Home Assistant and how to get in. */
export interface HomeAssistantAddress {
  readonly url: string;
  readonly token: string;
}

export interface HomeAssistantParts {
  readonly open: OpenSocket;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** `ha:http://homeassistant.local:8123/light.desk` */
const TOPIC =
  /^ha:(?<url>https?:\/\/[^/]+)\/(?<entity>[a-z0-9_]+(?:\.[a-z0-9_]+)?)(?:\/(?<part>call|failed))?$/;

const optionsSchema = z.object({ url: z.string(), token: z.string() });

/** The Home Assistants that the devices of a config name, each once. */
export function addressesOf(devices: readonly DeviceSettings[]): readonly HomeAssistantAddress[] {
  const found = devices
    .filter(({ driver }) => driver === 'homeassistant')
    .map(({ options }) => optionsSchema.parse(options));
  return [...new Map(found.map((one) => [one.url, one])).values()];
}

/**
 * A bus and the Home Assistants beside it. Topics that begin with `ha:` are theirs, and nothing of them is ever published
 * elsewhere; everything else is the bus's. No topic has a token in it.
 */
export class HomeAssistantBus implements Bus {
  readonly #bus: Bus;
  readonly #log: Log;
  readonly #links = new Map<string, HomeAssistantLink>();
  readonly #onMessage: ((message: BusMessage) => void)[] = [];

  constructor(bus: Bus, addresses: readonly HomeAssistantAddress[], parts: HomeAssistantParts) {
    this.#bus = bus;
    this.#log = parts.log;
    for (const { url, token } of addresses) {
      const say = (of: string, said: unknown): void => {
        const topic = `${HA_PREFIX}${url}/${of}`;
        const payload = this.#written(topic, said);
        if (payload === null) return;
        for (const listener of this.#onMessage) listener({ topic, payload, retained: false });
      };
      const link = new HomeAssistantLink({
        ...{ ...parts, url, token },
        onLink: (news) => {
          say('link', news);
        },
        onState: say,
        onFailed: (entity, why) => {
          say(`${entity}/failed`, { why });
        },
      });
      this.#links.set(url, link);
    }
  }

  /** null: what can be read, but not written again, since it is nested some thousand times. */
  #written(topic: string, said: unknown): string | null {
    try {
      return JSON.stringify(said);
    } catch (error) {
      this.#log.warn({ topic, why: messageOf(error) }, 'message dropped: it is nested too deep');
      return null;
    }
  }

  publish(message: Outgoing & { readonly retain?: boolean }): void {
    if (!message.topic.startsWith(HA_PREFIX)) {
      this.#bus.publish(message);
      return;
    }
    const { url = '', entity = '', part } = TOPIC.exec(message.topic)?.groups ?? {};
    const link = this.#links.get(url);
    const call = part === 'call' ? haCallSchema.safeParse(JSON.parse(message.payload)).data : undefined;
    if (link !== undefined && call !== undefined) link.call(entity, call);
    else this.#log.error({ topic: message.topic.slice(0, 200) }, 'message dropped: no such Home Assistant');
  }

  subscribe(filters: readonly string[]): void {
    this.#bus.subscribe(filters.filter((filter) => !filter.startsWith(HA_PREFIX)));
    for (const filter of filters) {
      const { url = '', entity = '', part } = TOPIC.exec(filter)?.groups ?? {};
      if (part === undefined && entity.includes('.')) this.#links.get(url)?.follow(entity);
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
    for (const link of this.#links.values()) link.close();
    await this.#bus.close();
  }
}
