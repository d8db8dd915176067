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

/** A connection that died is noticed within so long: one and a half times the keepalive. */
const UNNOTICED_MS = 90 * SECOND_MS;

const isSensing = ({ role }: Device): boolean => role === 'presence' || role === 'busy';
const isCueing = ({ role }: Device): boolean => role === 'light' || role === 'buzzer';

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
  /** When the cue was put out last. */
  #offMs = -Infinity;
  /** Lights and buzzers that may be lit still: an earlier run left them so, or they could not hear that it is over. */
  readonly #leftOn: Set<string>;
  /** Sensors that have said nothing yet since there is a link to them, and until when that is waited for. */
  readonly #unheard: Set<string>;
  #settledMs: number;
  /** What can be reached again, when it is told once more how things are, and when for the last time. */
  readonly #again = new Map<string, { readonly dueMs: number; readonly lastMs: number }>();
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
    const cueing = devices.filter(isCueing);
    this.#leftOn = new Set(leftOn ? cueing.map(({ id }) => id) : []);
    this.equipment = new Equipment(devices, this.#events(), host.log, atMs, {
      ...{ ownLink: hasOwnLink, believesRetained: true },
    });
    this.#unheard = new Set(devices.filter(isSensing).map(({ id }) => id));
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
    if (up) {
      for (const senses of [this.#presence, this.#busy]) senses.linked(atMs);
      for (const { device } of behind) if (isSensing(device)) this.#unheard.add(device.id);
      this.#settledMs = atMs + SETTLE_MS;
    } else
      for (const { device } of behind)
        if (device.role === 'presence' || device.role === 'busy')
          this.#sensesOf(device.role).cutOff(device.id, atMs);
    // What was said into a link that was dead already went nowhere.
    if (!up && atMs < this.#offMs + UNNOTICED_MS)
      for (const { device } of behind) if (isCueing(device)) this.#leftOn.add(device.id);
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
    this.#sayAgain();
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
    return this.#presence.hindrance(atMs);
  }

  /** Some sensor has said nothing yet since there is a link to it: nothing new is shown for a moment. */
  unsettled(atMs: number): boolean {
    return this.#unheard.size > 0 && atMs < this.#settledMs;
  }

  /** Somebody wants not to be disturbed. */
  get busy(): boolean {
    return this.#busy.now;
  }

  /** The lights and buzzers that cannot be reached, for the record of a cue; nothing where all can. */
  silence(): { readonly unreached?: readonly string[] } {
    const unreached = this.#cueing
      .filter(({ device: { id } }) => !this.#isReached(id))
      .map(({ device: { id } }) => id);
    return unreached.length === 0 ? {} : { unreached };
  }

  /** Somebody could see or hear a cue: it is not that none of the devices can be reached. */
  get heard(): boolean {
    const { unreached = [] } = this.silence();
    return unreached.length === 0 || unreached.length < this.#cueing.length;
  }

  #isReached(id: string): boolean {
    return !this.#lost.has(id) && this.equipment.devices.get(id)?.link.value !== 'down';
  }

  get #cueing(): readonly DeviceRuntime[] {
    return [...this.equipment.devices.values()].filter(({ device }) => isCueing(device));
  }

  deadlines(soonest: Soonest, atMs: number): void {
    this.equipment.deadlines(soonest);
    soonest.add(this.#presence.deadlineMs(atMs));
    soonest.add(this.#busy.deadlineMs);
    for (const { dueMs } of this.#again.values()) soonest.add(dueMs);
    if (this.unsettled(atMs)) soonest.add(this.#settledMs);
  }

  /** The loudest of what is to be shown; `words`: all of it. */
  show(level: CueLevel, words: Words | null, atMs: number): void {
    this.#atMs = atMs;
    this.#words = words;
    if (level === this.#shown) return;
    const louder = level === 'sound' || this.#shown === 'off';
    this.#shown = level;
    if (level !== 'off') this.#again.clear();
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
          this.#person(this.#presence.sense(reading.device, reading.present, this.#atMs, reading.retained));
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

  /** What may be lit still goes out at once; what is shown is shown again once its sensors have had their say. */
  #back(device: Device): void {
    if (!isCueing(device)) return;
    const { id, role } = device;
    const wasLeftOn = this.#leftOn.delete(id);
    if (this.#shown === 'off' && wasLeftOn) this.#command(id, this.#cueOf('off'));
    if (this.#shown === 'off' ? wasLeftOn : role === 'light')
      this.#again.set(id, { dueMs: this.#atMs + AGAIN_MS, lastMs: this.#atMs + SETTLE_MS });
  }

  #sayAgain(): void {
    for (const [id, { dueMs, lastMs }] of this.#again) {
      if (dueMs > this.#atMs) continue;
      const isLast = this.#atMs >= lastMs;
      const waits = this.#shown !== 'off' && this.#unheard.size > 0 && !isLast;
      // Off is said twice more: a lamp may find its broker later than we do.
      if (!waits) this.#command(id, this.#cueOf(this.#shown === 'off' ? 'off' : 'remind'));
      if (isLast || (!waits && this.#shown !== 'off')) this.#again.delete(id);
      else this.#again.set(id, { dueMs: waits ? this.#atMs + SECOND_MS : lastMs, lastMs });
    }
  }

  #command(id: string, cue: Cue): void {
    // It may never hear this, and then stays lit: it is told once it can be reached.
    if (cue.name === 'off' && !this.#isReached(id)) this.#leftOn.add(id);
    if (cue.name === 'off') this.#offMs = this.#atMs;
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
