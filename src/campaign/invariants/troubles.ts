import { FAULTS } from '../../../firmware-sim/faults/index.ts';
import type { FaultArgs, FaultClass } from '../../../firmware-sim/faults/index.ts';
import type { Happening, TraceEvent } from '../trace.ts';
import { LOOK_MS } from './limits.ts';
import { Spans } from './spans.ts';

/** The longest that a whole valve travels, and from an order until it begins to. */
const TRAVEL_MS = 500;
const STARTS_MS = 500;
/** From the mending of a valve until it is where it is told to be. */
const SETTLES_MS = 2_000;
/** From a wire that is whole again until the controller is connected, and has closed what it knows nothing of. */
const RECONNECTS_MS = 3_000;
/** The same for one that was thrown out: it looks first whether the other is still there. */
const REJOINS_MS = 6_000;
/** From a serial line that is whole again until its port was opened and its board has answered. */
const REOPENS_MS = 10_000;
/** A board whose processor stands still, until its watchdog has reset it and it has been met again. */
const HANGS_MS = 2_000;
/** A box without power, until it is connected again. */
const REBOOTS_MS = 10_000;
/** Timers in devices are looked at in turns of 50 or 100 ms, and a countdown counts whole seconds. */
const TIMER_MS = 1_100;
/** Where an open and its countdown are two messages over the air: until the second one must have come. */
const ARMED_MS = 2_000;
/** From a valve that a stranger opened until it has been told to close and is shut. */
const UNASKED_MS = 3_000;
/** From a command that was due to the moment at which its valve had to be shut, at most. */
const ORDERED_MS = 2_000;

const CLASS_OF: ReadonlyMap<string, FaultClass> = new Map(FAULTS.map((fault) => [fault.id, fault.class]));
/** A valve stands somewhere whatever its relay is told. Of every other valve fault it goes where it is told to. */
const HOLDS = /^valve-(?:stuck-|master-stuck-|drain-stuck-|heater-stuck-|no-motion)/;
/** What goes over the wire is lost, doubled or late as long as it lasts; what was late then comes so much later. */
const DISTURBS = /^bus-(?:drop|duplicate|reorder|delay)$/;
/** The same on the line to a board, whose port may be closed over it. */
const NOISE = /^port-(?:drop|flip|garbage|late)$/;

type FaultEvent = Extract<TraceEvent, { type: 'fault' }>;

/**
 * What is broken, and what that explains, for as long as it does. A promise about a valve's position cannot hold for a
 * valve that a fault holds; one about the time of a close cannot where the command may not arrive, and there the lease
 * closes that the device itself has accepted. A fault that is over, or that has nothing to do with it, explains nothing.
 */
export class Troubles {
  /** Nothing has been broken yet: the short way, which most ticks take. */
  #quiet = true;
  readonly #ids = new Set<string>();
  readonly #lasts = new Map<FaultClass, Spans>();
  readonly #held = new Map<string, Spans>();
  readonly #slow = new Map<string, SlowValve>();
  readonly #hindered = new Spans();
  readonly #frozen = new Spans();
  readonly #asleep = new Spans();
  /** By output: until when its device keeps it on by itself. */
  readonly #leasedMs = new Map<string, number>();
  /** By output: the device on whose topic a stranger's open lies, and when that has opened it. */
  readonly #strangers = new Map<string, string>();
  readonly #unaskedMs = new Map<string, number>();
  /** The devices that are told to be open. */
  readonly #told = new Set<string>();
  /** When each was last told to open or to close. */
  readonly #toldMs = new Map<string, number>();

  event(event: Happening): void {
    const { atMs } = event;
    switch (event.type) {
      case 'fault':
        this.#fault(event);
        return;
      case 'leased':
        this.#leasedMs.set(event.output, atMs + event.forMs);
        return;
      case 'moved':
        this.#moved(event.output, event.open, atMs);
        return;
      case 'command':
        if (event.action === 'close') this.#told.delete(event.device);
        else this.#told.add(event.device);
        if (event.action === 'renew') return;
        this.#toldMs.set(event.device, atMs);
        for (const slow of this.#slow.values()) slow.told(event.device, atMs);
        return;
      case 'died':
        this.#quiet = false;
        this.#hindered.add('process', atMs, Infinity);
        return;
      case 'booted':
        this.#told.clear();
        this.#hindered.end('process', atMs + RECONNECTS_MS);
        return;
      default:
    }
  }

  /** A fault holds this output, moves it, or opened it just now: where it stands is not the controller's. */
  holds(output: string, atMs: number): boolean {
    if (this.#quiet) return false;
    if (this.#held.get(output)?.touch(atMs, atMs) === true) return true;
    if (atMs <= (this.#unaskedMs.get(output) ?? -Infinity) + UNASKED_MS) return true;
    return this.#slow.get(output)?.moves(atMs, this.#leasedMs.get(output) ?? -Infinity) === true;
  }

  /** Why an output that was to be shut by `dueMs` may be open at `atMs`: a fault holds it, or its lease is still to close it. */
  excuses(output: string, dueMs: number, atMs: number): boolean {
    if (this.#quiet) return false;
    if (this.holds(output, atMs)) return true;
    if (!this.hindered(dueMs - ORDERED_MS, atMs)) return false;
    const travelMs = TRAVEL_MS * (this.#slow.get(output)?.times ?? 1);
    return atMs <= (this.#leasedMs.get(output) ?? -Infinity) + travelMs + TIMER_MS + LOOK_MS;
  }

  /** At some moment of that time a word between controller and devices may have been lost or late. */
  hindered(fromMs: number, toMs: number): boolean {
    return this.#hindered.touch(fromMs, toMs);
  }

  /** The computer of the controller sleeps, or its program hangs: nothing is heard, and nobody is told anything. */
  frozen(atMs: number): boolean {
    return this.#frozen.touch(atMs, atMs);
  }

  /** For how much of that time it slept: its own time stood still. Milliseconds. */
  asleepMs(fromMs: number, toMs: number): number {
    return this.#asleep.lengthMs(fromMs, toMs);
  }

  /** A fault of that class was there at some moment of that time. */
  lasts(kind: FaultClass, fromMs: number, toMs: number): boolean {
    return this.#lasts.get(kind)?.touch(fromMs, toMs) === true;
  }

  /** This very one has begun some time. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** One of these has begun some time. */
  began(id: RegExp): boolean {
    for (const one of this.#ids) if (id.test(one)) return true;
    return false;
  }

  #fault(event: FaultEvent): void {
    const { id, args, on, atMs } = event;
    const kind = CLASS_OF.get(id) ?? 'process';
    this.#quiet = false;
    this.#ids.add(id);
    const lasts = spansIn(this.#lasts, kind);
    if (on) lasts.add(id, atMs, id === 'valve-reboot' ? atMs + REBOOTS_MS : Infinity);
    else lasts.end(id, atMs);
    if (kind === 'valve') this.#valve(event);
    else if (DISTURBS.test(id)) this.#for('wire', on, atMs, atMs + numberIn(args, 'delayMs'));
    else if (NOISE.test(id)) this.#for(id, on, atMs, atMs + numberIn(args, 'delayMs') + REOPENS_MS);
    else if (on) this.#cuts(id, args, atMs);
  }

  #valve({ id, args, on, atMs }: FaultEvent): void {
    const output = wordIn(args, 'valve');
    const device = wordIn(args, 'device');
    // What frees a valve frees it of everything that held it.
    if (HOLDS.test(id)) this.#hold(output, 'held', on, atMs);
    else if (id === 'valve-wrong-one')
      for (const one of ['hot', 'cold']) this.#hold(one, 'crossed', on, atMs);
    else if (id === 'valve-slow') {
      const slow = this.#slow.get(output) ?? new SlowValve(device);
      this.#slow.set(output, slow);
      slow.times = on ? numberIn(args, 'times') : 1;
      // What it was told to do just before is still under way, and slow.
      const toldMs = this.#toldMs.get(device) ?? -Infinity;
      if (on && atMs <= toldMs + STARTS_MS + TRAVEL_MS) slow.told(device, toldMs);
    } else if (id === 'valve-offline') this.#for(`offline ${device}`, on, atMs, atMs + RECONNECTS_MS);
    else if (id === 'valve-stale-open' && on) this.#strangers.set(output, device);
  }

  #hold(output: string, how: string, on: boolean, atMs: number): void {
    const held = spansIn(this.#held, output);
    if (on) {
      held.end(how, atMs);
      held.add(how, atMs, Infinity);
      return;
    }
    const slow = this.#slow.get(output);
    held.end(how, atMs + SETTLES_MS);
    slow?.told(slow.device, atMs);
  }

  #for(what: string, on: boolean, atMs: number, overMs: number): void {
    if (on) this.#hindered.add(what, atMs, Infinity);
    else this.#hindered.end(what, overMs);
  }

  /** What is mended by itself: its time is among its figures. A crash is told when it comes. */
  #cuts(id: string, args: FaultArgs, atMs: number): void {
    const hinder = (forMs: number): void => {
      this.#hindered.add(id, atMs, atMs + forMs);
    };
    const backMs = numberIn(args, 'backMs');
    if (id === 'port-unplugged' || id === 'port-dead') hinder(backMs + REOPENS_MS);
    else if (id === 'port-board-hangs') hinder(HANGS_MS);
    else if (id === 'bus-cut' || id === 'bus-broker-restart') hinder(backMs + RECONNECTS_MS);
    else if (id === 'bus-half-open') hinder(numberIn(args, 'noticedMs') + backMs + RECONNECTS_MS);
    else if (id === 'bus-taken-over' || id === 'process-second-controller')
      hinder(numberIn(args, 'stayMs') + REJOINS_MS);
    else if (id === 'time-stall' || id === 'time-suspend') {
      const overMs = atMs + numberIn(args, 'forMs');
      this.#hindered.add(id, atMs, overMs);
      this.#frozen.add(id, atMs, overMs);
      if (id === 'time-suspend') this.#asleep.add(id, atMs, overMs);
    }
  }

  #moved(output: string, open: boolean, atMs: number): void {
    if (!open) return;
    const leasedMs = this.#leasedMs.get(output) ?? -Infinity;
    if (leasedMs <= atMs) this.#leasedMs.set(output, atMs + ARMED_MS);
    const device = this.#strangers.get(output);
    if (device !== undefined && !this.#told.has(device)) this.#unaskedMs.set(output, atMs);
  }
}

/** A valve that takes several times as long: it is where it is told to be once that is over, and not before. */
class SlowValve {
  readonly device: string;
  times = 1;
  #movesUntilMs = -Infinity;

  constructor(device: string) {
    this.device = device;
  }

  told(device: string, atMs: number): void {
    if (device === this.device) this.#movesUntilMs = atMs + STARTS_MS + TRAVEL_MS * this.times;
  }

  moves(atMs: number, leasedMs: number): boolean {
    const byLeaseMs = leasedMs + TIMER_MS + TRAVEL_MS * this.times + LOOK_MS;
    return atMs <= this.#movesUntilMs + LOOK_MS || (this.times > 1 && atMs >= leasedMs && atMs <= byLeaseMs);
  }
}

function spansIn<Key>(map: Map<Key, Spans>, key: Key): Spans {
  const known = map.get(key) ?? new Spans();
  map.set(key, known);
  return known;
}

function numberIn(args: FaultArgs, key: string): number {
  const value = args[key];
  return typeof value === 'number' ? value : 0;
}

function wordIn(args: FaultArgs, key: string): string {
  const value = args[key];
  return typeof value === 'string' ? value : '';
}
