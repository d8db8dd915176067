import type { Clock, Timer } from '../../../src/clock/clock.ts';
import type { RelayPort } from '../ports.ts';

/** 0 off, 1 on, 2 toggle; null only shows the state. */
export type PowerState = 0 | 1 | 2 | null;

export function powerState(payload: number | null): PowerState {
  return payload === 0 || payload === 1 || payload === 2 ? payload : null;
}

interface Timed {
  /** `Power1 0`: what will be executed, and what tells one pending command from another. */
  readonly command: string;
  readonly atMs: number;
  readonly timer: Timer;
}

export interface RelaysOptions {
  readonly clock: Clock;
  readonly ports: readonly RelayPort[];
  /** Publish the POWER reply of this relay, 1-based. */
  readonly report: (relay: number) => void;
  /** True while the timers of this relay, 1-based, run out and switch nothing. */
  readonly clings: (relay: number) => boolean;
}

/** Each change of a pending timed command ends like this (CmndTimedPower, end_state). */
const END_STATE = { 0: 1, 1: 0, 2: 2 } as const;
/** Timed commands are looked at every turn of the 50 ms loop, pulse timers every 100 ms. */
const TIMED_LOOP_MS = 50;
const PULSE_LOOP_MS = 100;

/** `PulseTime`: 1 to 111 are tenths of a second, 112 and above are seconds plus 100 (SetPulseTimer). */
export function pulseMs(value: number): number {
  return value > 111 ? (value - 100) * 1_000 : value * 100;
}

/** The remaining time in the same encoding (GetPulseTimer). */
function pulseValue(ms: number): number {
  return ms > 11_100 ? Math.floor(ms / 1_000) + 100 : Math.floor(Math.max(ms, 0) / 100);
}

/**
 * The relays of one box and the timers that switch them. Behaviour after arendst/Tasmota `support_tasmota.ino`
 * (ExecuteCommandPower, SetAllPower, SetPulseTimer) and `support_command.ino` (CmndTimedPower).
 */
export class Relays {
  readonly #options: RelaysOptions;
  readonly #on: boolean[];
  readonly #pulseSet: number[];
  readonly #pulses: ({ readonly atMs: number; readonly timer: Timer } | null)[];
  #timed: Timed[] = [];
  #bootMs: number;
  /** `Interlock`: whether it is on, and the groups of relays of which at most one may be. */
  interlock = false;
  interlockGroups: readonly (readonly number[])[] = [];

  constructor(options: RelaysOptions) {
    this.#options = options;
    this.#on = options.ports.map(() => false);
    this.#pulseSet = options.ports.map(() => 0);
    this.#pulses = options.ports.map(() => null);
    this.#bootMs = options.clock.nowMs();
  }

  get count(): number {
    return this.#on.length;
  }

  has(relay: number): boolean {
    return relay >= 1 && relay <= this.count;
  }

  isOn(relay: number): boolean {
    return this.#on[relay - 1] === true;
  }

  /** `Power<relay>`; `Power0` is all of them. Publishes by itself. */
  power(relay: number, state: PowerState): void {
    if (relay === 0) {
      for (let each = 1; each <= this.count; each += 1) if (state !== null) this.#apply(each, state);
      for (let each = 1; each <= this.count; each += 1) this.#options.report(each);
      return;
    }
    if (state !== null) {
      this.#armPulse(relay, 0);
      if (this.interlock && (state === 1 || (state === 2 && !this.isOn(relay)))) this.#closeOthers(relay);
      this.#apply(relay, state);
      // Restarted by every power command that leaves the relay on.
      this.#armPulse(relay, this.isOn(relay) ? (this.#pulseSet[relay - 1] ?? 0) : 0);
    }
    this.#options.report(relay);
  }

  /** `TimedPower<relay> <ms>[,state]`: the way back is armed first, then the command is carried out. */
  timed(relay: number, ms: number, state: 0 | 1 | 2): void {
    const end = END_STATE[state];
    this.#arm(`Power${relay} ${end}`, Math.max(50, ms), () => {
      if (!this.#options.clings(relay)) this.power(relay, end);
    });
    this.power(relay, state);
    if (state === 1) this.#options.ports[relay - 1]?.leased?.(Math.max(50, ms));
  }

  /** `TimedPower<relay>` without a time: forgets what is pending and switches nothing. What is on is left to its pulse. */
  clearTimed(relay: number): void {
    this.#forget((each) => each.command.startsWith(`Power${relay}`));
    const pulse = this.#pulses[relay - 1];
    if (pulse != null && this.isOn(relay))
      this.#options.ports[relay - 1]?.leased?.(pulse.atMs - this.#options.clock.nowMs());
  }

  /** What is pending, as `TimedPower` lists it. */
  pending(): readonly { readonly Remaining: number; readonly Command: string }[] {
    const nowMs = this.#options.clock.nowMs();
    return this.#timed.map((each) => ({ Remaining: Math.round(each.atMs - nowMs), Command: each.command }));
  }

  /** `PulseTime<relay> <value>`: the timer starts at once, whatever the relay does. */
  setPulse(relay: number, value: number): void {
    this.#pulseSet[relay - 1] = value;
    this.#armPulse(relay, value);
  }

  pulse(relay: number): { readonly Set: number; readonly Remaining: number } {
    const running = this.#pulses[relay - 1];
    const remainingMs = running == null ? 0 : running.atMs - this.#options.clock.nowMs();
    return { Set: this.#pulseSet[relay - 1] ?? 0, Remaining: pulseValue(remainingMs) };
  }

  /** Power is gone: everything off, everything in RAM lost. Nothing is published. */
  reset(): void {
    this.#forget(() => true);
    for (let relay = 1; relay <= this.count; relay += 1) {
      this.#armPulse(relay, 0);
      this.#apply(relay, 0);
    }
    this.#bootMs = this.#options.clock.nowMs();
  }

  #apply(relay: number, state: 0 | 1 | 2): void {
    const on = state === 2 ? !this.isOn(relay) : state === 1;
    this.#on[relay - 1] = on;
    this.#options.ports[relay - 1]?.set(on);
  }

  #closeOthers(relay: number): void {
    const group = this.interlockGroups.find((each) => each.includes(relay)) ?? [];
    for (const other of group) if (other !== relay && this.isOn(other)) this.power(other, 0);
  }

  #arm(command: string, ms: number, act: () => void): void {
    this.#forget((each) => each.command === command);
    const atMs = this.#options.clock.nowMs() + ms;
    const timer = this.#options.clock.at(this.#turn(atMs, TIMED_LOOP_MS), `tasmota ${command}`, () => {
      this.#timed = this.#timed.filter((each) => each.timer !== timer);
      act();
    });
    this.#timed.push({ command, atMs, timer });
  }

  #forget(which: (each: Timed) => boolean): void {
    if (this.#timed.length === 0) return;
    const left: Timed[] = [];
    for (const each of this.#timed) {
      if (which(each)) each.timer.cancel();
      else left.push(each);
    }
    this.#timed = left;
  }

  #armPulse(relay: number, value: number): void {
    this.#pulses[relay - 1]?.timer.cancel();
    this.#pulses[relay - 1] = null;
    if (value <= 0) return;
    if (this.isOn(relay)) this.#options.ports[relay - 1]?.leased?.(pulseMs(value));
    const atMs = this.#options.clock.nowMs() + pulseMs(value);
    const timer = this.#options.clock.at(this.#turn(atMs, PULSE_LOOP_MS), `tasmota pulse ${relay}`, () => {
      this.#pulses[relay - 1] = null;
      if (!this.#options.clings(relay)) this.power(relay, 0);
    });
    this.#pulses[relay - 1] = { atMs, timer };
  }

  /** The next turn of a loop that started with the box. */
  #turn(atMs: number, loopMs: number): number {
    return this.#bootMs + Math.ceil((atMs - this.#bootMs) / loopMs) * loopMs;
  }
}
