import type { Clock, Timer } from '../../clock/clock.ts';
import type { Controller } from '../../controller/index.ts';
import type { Bus, BusMessage } from '../../model/bus.ts';
import type { StationId } from '../../model/ids.ts';
import type { Log } from '../../model/log.ts';
import type { StationSettings } from '../../model/station.ts';
import type { Random } from '../../random/random.ts';
import { Choice } from './choice.ts';
import { componentsOf } from './entities.ts';
import type { Components, Offered } from './entities.ts';
import { deskComponentsOf } from './desk-entities.ts';
import { discoveryPayload, platformsIn, platformsOf, takenBack } from './payload.ts';
import type { Platforms, Told } from './payload.ts';
import { BIRTH_TOPIC, CONFIG_FILTER, configTopic, stationAt, topicsOf } from './topics.ts';

export type { Offered } from './entities.ts';

/**
 * From the link coming up to the first payload: long enough for what the broker kept of earlier runs to arrive, so
 * that entities which are gone can be taken back.
 */
const AFTER_LINK_MS = { min: 500, max: 1_500 };
/** After Home Assistant's birth, with jitter: everybody in the house answers it at the same moment. */
const AFTER_BIRTH_MS = { min: 500, max: 3_000 };
/** From the payloads to the states: Home Assistant has made its entities by then. */
const STATES_AFTER_MS = 1_000;

export interface HomeAssistantOptions {
  /** The controller's own. */
  readonly bus: Pick<Bus, 'publish' | 'subscribe' | 'onMessage' | 'onLink'>;
  readonly controller: Pick<Controller, 'command' | 'state'> & {
    readonly desks: Pick<Controller['desks'], 'state'>;
  };
  readonly stations: readonly Offered[];
  /** Desks and spots. */
  readonly desks: readonly Told[];
  readonly site: string;
  readonly version: string;
  readonly simulated: boolean;
  readonly defaultProtocols: Readonly<Record<StationSettings['kind'], string>>;
  /** Of sockets and programs, not of water: real time also where the water's runs faster. */
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/**
 * Home Assistant's view of the stations, kept up by MQTT discovery: one retained payload a station, told on each
 * connection and on each birth, and taken back when its station has left the config. Home Assistant never opens a
 * valve: it sees, stops, pauses, and starts a session only where `prepare_from` lists `mqtt`.
 */
export class HomeAssistant {
  readonly #options: HomeAssistantOptions;
  readonly #choices: readonly Choice[];
  readonly #components = new Map<StationId, Components>();
  /** What the broker has, also of stations that have left the config. */
  readonly #before = new Map<StationId, Platforms>();
  #telling: Timer | null = null;
  #states: Timer | null = null;
  #up = false;

  constructor(options: HomeAssistantOptions) {
    this.#options = options;
    const { bus, stations, desks, site } = options;
    for (const offered of stations) this.#components.set(offered.settings.id, componentsOf(site, offered));
    for (const { id } of desks) this.#components.set(id, deskComponentsOf(site, id));
    this.#choices = stations.map((offered) => new Choice(offered, options));
    bus.onMessage((message) => {
      this.#message(message);
    });
    bus.subscribe([BIRTH_TOPIC, CONFIG_FILTER, ...this.#choices.flatMap(({ filters }) => filters)]);
    bus.onLink((up) => {
      this.#cancel();
      this.#up = up;
      if (up) this.#plan(AFTER_LINK_MS);
    });
  }

  /** Says nothing more. The retained payloads stay; the stations are shown as not available until Ebb runs again. */
  close(): void {
    this.#cancel();
    this.#up = false;
  }

  #message(message: BusMessage): void {
    const { topic, payload, retained } = message;
    if (topic === BIRTH_TOPIC) {
      if (payload === 'online') this.#plan(AFTER_BIRTH_MS);
      return;
    }
    const station = stationAt(this.#options.site, topic);
    if (station !== null) {
      // What is not retained is our own, or somebody who has deleted the device by hand: that is theirs to do.
      if (!retained || payload === '') return;
      this.#before.set(station, platformsIn(payload));
      // It may come after the first payload has gone out, where the broker is slow.
      this.#plan(AFTER_LINK_MS);
      return;
    }
    const atMs = this.#options.clock.nowMs();
    for (const choice of this.#choices) choice.message(message, atMs);
  }

  #plan({ min, max }: { readonly min: number; readonly max: number }): void {
    if (!this.#up || this.#telling !== null) return;
    this.#telling = this.#after(this.#options.random.between(min, max), () => {
      this.#telling = null;
      this.#tell();
    });
  }

  #tell(): void {
    this.#takeOut();
    for (const place of this.#places()) this.#tellStation(place);
    for (const choice of this.#choices) choice.tell();
    this.#states?.cancel();
    this.#states = this.#after(STATES_AFTER_MS, () => {
      this.#states = null;
      this.#tellStates();
    });
  }

  /** Stations of this site that the config no longer has. */
  #takeOut(): void {
    const { site, log } = this.#options;
    for (const station of [...this.#before.keys()]) {
      if (this.#components.has(station)) continue;
      log.info({ station }, 'a station that is not in the config is taken out of Home Assistant');
      this.#publish(configTopic(site, station), '');
      this.#publish(topicsOf(station).chosen, '');
      this.#before.delete(station);
    }
  }

  #places(): readonly Told[] {
    const { stations, desks } = this.#options;
    return [...stations.map(({ settings }) => settings), ...desks];
  }

  #tellStation(settings: Told): void {
    const { id } = settings;
    const components = this.#components.get(id) ?? {};
    const gone = takenBack(this.#before.get(id) ?? new Map<string, string>(), components);
    const topic = configTopic(this.#options.site, id);
    if (Object.keys(gone).length > 0) {
      this.#publish(topic, discoveryPayload(this.#options, settings, { ...components, ...gone }));
      if (gone['protocol'] !== undefined) this.#publish(topicsOf(id).chosen, '');
    }
    this.#publish(topic, discoveryPayload(this.#options, settings, components));
    this.#before.set(id, platformsOf(components));
  }

  #tellStates(): void {
    const { controller } = this.#options;
    for (const { id } of this.#places()) {
      const state = controller.state(id) ?? controller.desks.state(id);
      if (state !== null) this.#publish(topicsOf(id).state, JSON.stringify(state));
    }
  }

  #publish(topic: string, payload: string): void {
    this.#options.bus.publish({ topic, payload, qos: 1, retain: true });
  }

  #after(ms: number, then: () => void): Timer {
    const { clock } = this.#options;
    return clock.at(clock.nowMs() + ms, 'home assistant', then);
  }

  #cancel(): void {
    this.#telling?.cancel();
    this.#states?.cancel();
    this.#telling = null;
    this.#states = null;
  }
}
