import { CUES, fading, tuned } from '../../../machines/cues.ts';
import type { DeskCues, Hindrance } from '../../model/desk.ts';
import type { ButtonAction, Cue, CueName, Device, Outgoing, Words } from '../../model/device.ts';
import type { Log } from '../../model/log.ts';
import type { CoreRecord } from '../effects.ts';
import { Equipment } from '../equipment.ts';
import type { DeviceRuntime, EquipmentEvents } from '../equipment.ts';
import type { News } from '../news.ts';
import type { Soonest } from '../soonest.ts';
import { SECOND_MS } from '../../model/units.ts';
import { isoOf } from '../records.ts';
import type { Now } from '../starter.ts';
import { Busy } from './busy.ts';
import type { EarlierDesk } from './earlier.ts';
import { hasOwnLink } from './links.ts';
import type { BusyEdge } from './busy.ts';
import { Presence } from './presence.ts';
import type { PresenceEdge } from './presence.ts';

export interface DeskDevicesHost {
  readonly log: Log;
  publish(out: Outgoing): void;
  record(record: CoreRecord): void;
  news(news: News): void;
  button(action: ButtonAction): void;
  person(edge: PresenceEdge): void;
  wallMs(): number;
  /** The state object is another one. */
  changed(): void;
}

/** Sensors have said how things are by then, or they say something on a change alone: `ebb presence` speaks each 30 s. */
const SETTLE_MS = 35 * SECOND_MS;

/** With a link come back the sensors behind it too, and one of them may say that somebody is busy, or gone. */
const AGAIN_MS = 2 * SECOND_MS;

export type CueLevel = 'off' | 'light' | 'sound';

/** What stands on a desk: one cue for all that is to be shown, a button, and whether somebody is there. */
export class DeskDevices {
  readonly equipment: Equipment;
  readonly #presence = new Presence();
  readonly #busy = new Busy();
  readonly #host: DeskDevicesHost;
  readonly #cues: DeskCues;
  #shown: CueLevel = 'off';
  /** What is shown, in words. */
  #words: Words | null = null;
  /** Lights and buzzers that an earlier run may have left on. */
  readonly #leftOn: Set<string>;
  /** Sensors that have said nothing yet in this run, and until when they are waited for. */
  readonly #unheard: Set<string>;
  readonly #settledMs: number;
  /** Lights that can be reached again, and when they show what is shown. */
  readonly #again = new Map<string, number>();
  /** Devices that were there and are gone. */
  readonly #lost = new Set<string>();
  #atMs: number;

  constructor(
    devices: readonly Device[],
    cues: DeskCues,
    host: DeskDevicesHost,
    now: Now,
    { leftOn, presence }: Pick<EarlierDesk, 'leftOn' | 'presence'>,
  ) {
    const { atMs } = now;
    this.#cues = cues;
    this.#host = host;
    this.#atMs = atMs;
    const cueing = devices.filter(({ role }) => role === 'light' || role === 'buzzer');
    this.#leftOn = new Set(leftOn ? cueing.map(({ id }) => id) : []);
    this.equipment = new Equipment(devices, this.#events(), host.log, atMs, {
      ...{ ownLink: hasOwnLink, believesRetained: true },
    });
    this.#unheard = new Set(
      devices.filter(({ role }) => role === 'presence' || role === 'busy').map(({ id }) => id),
    );
    this.#settledMs = atMs + SETTLE_MS;
    if (presence !== null && presence.wallMs <= now.wallMs && devices.some(({ role }) => role === 'presence'))
      this.#presence.restore(
        { present: presence.present, sinceMs: presence.wallMs - now.wallMs + atMs },
        atMs,
      );
  }

  broker(up: boolean, atMs: number): void {
    this.#atMs = atMs;
    const behind = [...this.equipment.devices.values()].filter(({ device }) => !hasOwnLink(device));
    if (up) for (const senses of [this.#presence, this.#busy]) senses.linked(atMs);
    else
      for (const { device } of behind)
        if (device.role === 'presence' || device.role === 'busy')
          this.#sensesOf(device.role).cutOff(device.id, atMs);
    this.equipment.broker(up, atMs);
    // What was said while the link was down is lost; a lamp in the room may be lit for other reasons.
    if (up) for (const { device } of behind) this.#back(device);
  }

  message(
    input: { topic: string; payload: string; retained: boolean },
    to: readonly string[],
    atMs: number,
  ): void {
    this.#atMs = atMs;
    this.equipment.message(input, to, atMs);
  }

  clock(atMs: number): void {
    this.#atMs = atMs;
    this.equipment.clockDrivers(atMs);
    this.#person(this.#presence.clock(atMs));
    for (const edge of this.#busy.clock(atMs)) this.#tellBusy(edge);
    this.#showAgain();
  }

  /** The computer slept: whoever wakes it has only just come back. */
  woke(atMs: number, sleptMs: number): void {
    this.#presence.woke(atMs, sleptMs);
    this.#busy.woke(sleptMs);
  }

  /** Somebody used the desk itself. */
  touched(atMs: number): void {
    this.#atMs = atMs;
    this.#person(this.#presence.touched(atMs));
  }

  hindrance(atMs: number): Hindrance | null {
    if (this.#busy.now) return 'busy';
    const person = this.#presence.hindrance(atMs);
    if (person !== null) return person;
    return this.#unheard.size > 0 && atMs < this.#settledMs ? 'settling' : null;
  }

  /** Somebody wants not to be disturbed. */
  get busy(): boolean {
    return this.#busy.now;
  }

  /** The lights and buzzers that cannot be reached, for the record of a cue; nothing where all can. */
  silence(): { readonly unreached?: readonly string[] } {
    const unreached = this.#cueing
      .filter(({ device: { id }, link }) => this.#lost.has(id) || link.value === 'down')
      .map(({ device: { id } }) => id);
    return unreached.length === 0 ? {} : { unreached };
  }

  /** Somebody could see or hear a cue: it is not that none of the devices can be reached. */
  get heard(): boolean {
    const { unreached = [] } = this.silence();
    return unreached.length === 0 || unreached.length < this.#cueing.length;
  }

  get #cueing(): readonly DeviceRuntime[] {
    return [...this.equipment.devices.values()].filter(
      ({ device: { role } }) => role === 'light' || role === 'buzzer',
    );
  }

  deadlines(soonest: Soonest, atMs: number): void {
    this.equipment.deadlines(soonest);
    soonest.add(this.#presence.deadlineMs(atMs));
    soonest.add(this.#busy.deadlineMs);
    for (const dueMs of this.#again.values()) soonest.add(dueMs);
    if (this.#unheard.size > 0 && atMs < this.#settledMs) soonest.add(this.#settledMs);
  }

  /** The loudest of what is to be shown; `words`: all of it. */
  show(level: CueLevel, words: Words | null, atMs: number): void {
    this.#atMs = atMs;
    this.#words = words;
    if (level === this.#shown) return;
    const louder = level === 'sound' || this.#shown === 'off';
    this.#shown = level;
    this.#again.clear();
    if (level === 'off') this.#cue('off');
    else if (louder) this.#cue(level === 'light' ? 'remind' : 'remind-again');
  }

  /** One cue of an exercise that is led; nothing else is shown meanwhile. */
  play(cue: CueName, atMs: number, fadeMs?: number): void {
    this.#atMs = atMs;
    this.#cue(cue, fadeMs);
  }

  #cueOf(name: CueName): Cue {
    if (name !== 'remind' && name !== 'remind-again') return CUES[name];
    const cue = tuned(CUES[name], this.#cues[name]);
    return this.#words === null ? cue : { ...cue, words: this.#words };
  }

  #cue(name: CueName, fadeMs?: number): void {
    const own = this.#cueOf(name);
    const cue = fadeMs === undefined ? own : fading(own, fadeMs);
    for (const { device } of this.#cueing) this.#command(device.id, cue);
  }

  #events(): EquipmentEvents {
    const nothing = (): void => undefined;
    return {
      publish: (out) => {
        this.#host.publish(out);
      },
      record: (record) => {
        this.#host.record(record);
      },
      news: (news) => {
        this.#host.news(news);
        if (news.type === 'event') this.#device(news.event, String(news.detail['device']));
      },
      button: (device, action) => {
        if (device.role === 'button') this.#host.button(action);
      },
      sense: (reading) => {
        if (reading.kind === 'presence') {
          if (reading.present !== null) this.#unheard.delete(reading.device);
          this.#person(this.#presence.sense(reading.device, reading.present, this.#atMs));
        }
        if (reading.kind === 'busy') {
          if (reading.busy !== null) this.#unheard.delete(reading.device);
          this.#senseBusy(reading.device, reading.busy);
        }
      },
      ...{
        temperature: nothing,
        ack: nothing,
        valveEdge: nothing,
        up: nothing,
        lost: nothing,
        gone: nothing,
        blind: nothing,
      },
    };
  }

  /** A light that comes back shows what is. What a sensor that is gone said last is kept, with its age. */
  #device(event: string, id: string): void {
    const device = this.equipment.devices.get(id)?.device;
    if (device === undefined) return;
    if (event === 'device_lost') {
      this.#lost.add(id);
      if (device.role === 'presence') this.#person(this.#presence.sense(id, null, this.#atMs));
      if (device.role === 'busy') this.#senseBusy(id, null);
      return;
    }
    if (event === 'device_up') {
      this.#lost.delete(id);
      if (device.role === 'presence' || device.role === 'busy')
        this.#sensesOf(device.role).reached(id, this.#atMs);
    }
    if (event === 'device_up' || event === 'device_restarted') this.#back(device);
  }

  #sensesOf(role: 'presence' | 'busy'): Presence | Busy {
    return role === 'presence' ? this.#presence : this.#busy;
  }

  /** What an earlier run left on goes out at once; what is shown is shown again in a moment. */
  #back({ id, role }: Device): void {
    if (role !== 'light' && role !== 'buzzer') return;
    const wasLeftOn = this.#leftOn.delete(id);
    if (this.#shown === 'off' && wasLeftOn) this.#command(id, this.#cueOf('off'));
    if (this.#shown !== 'off' && role === 'light') this.#again.set(id, this.#atMs + AGAIN_MS);
  }

  /** Whatever came back with a light has had its say by now. */
  #showAgain(): void {
    for (const [id, dueMs] of this.#again) {
      if (dueMs > this.#atMs) continue;
      this.#again.delete(id);
      this.#command(id, this.#cueOf('remind'));
    }
  }

  #command(id: string, cue: Cue): void {
    this.equipment.command(id, { action: 'cue', cue }, this.#atMs);
  }

  #person(edge: PresenceEdge): void {
    const news = this.#presence.takeNews();
    if (news !== null) {
      const { present, sinceMs } = news;
      const since = isoOf(Math.round(sinceMs - this.#atMs + this.#host.wallMs()));
      this.#host.record({ type: 'presence', body: { present, since } });
    }
    this.#host.person(edge);
  }

  #senseBusy(id: string, busy: boolean | null): void {
    const edge = this.#busy.sense(id, busy, this.#atMs);
    if (edge !== null) this.#tellBusy(edge);
  }

  #tellBusy({ device, busy, why }: BusyEdge): void {
    if (why !== null) this.#host.log.warn({ device, why }, 'nobody knows any more whether somebody is busy');
    this.#host.record({ type: 'busy', body: { device, busy, why } });
    this.#host.news({ type: 'event', event: 'busy', detail: { device, busy, why } });
    this.#host.changed();
  }
}
