import { z } from 'zod';
import type { Clock, Timer } from '../../../src/clock/clock.ts';
import type { MixerPort, RelayPort } from '../ports.ts';

/** What the node says of one output at `<node>/lease/state`. */
export interface LeaseAck {
  readonly valve: string;
  /** What it holds from now on, milliseconds; 0: closed. */
  readonly ms: number;
  /** Drawn anew at each boot, 8 hex digits. */
  readonly boot: string;
  /** Mixers, while open: the setpoint it holds, to 0.1 K. */
  readonly target_c?: number;
}

export interface LeaseOptions {
  readonly clock: Clock;
  readonly valves: ReadonlyMap<string, RelayPort>;
  readonly mixers: ReadonlyMap<string, MixerPort>;
  readonly boot: string;
  readonly acknowledge: (ack: LeaseAck) => void;
  /** The state of an output changed, or is to be told again. */
  readonly report: (valve: string, on: boolean) => void;
  /** True while the timers of this output run out and close nothing. */
  readonly clings: (valve: string) => boolean;
}

/** `longest_ms`: no lease is longer, milliseconds. */
const MAX_LEASE_MS = 30_000;
/** The scripts `ceiling_*`: whoever opened it, milliseconds. */
const CEILING_MS = 45_000;
/** `interlock_wait_time`: from one valve being switched off to the other being switched on. */
const INTERLOCK_MS = 500;
/** What a mixer takes, degrees Celsius. */
const MIN_TARGET_C = 10;
const MAX_TARGET_C = 40;
/** `cold_level`, as the setpoint it stands for (`cold_c`): where a closed mixer waits. */
const RESTING_C = 10;

const requestSchema = z
  .object({
    valve: z.string().catch(''),
    ms: z.int().catch(-1),
    target_c: z.number().catch(NaN),
  })
  // An array or a number has no members to the node.
  .catch({ valve: '', ms: -1, target_c: NaN });

interface Output {
  readonly port: RelayPort;
  readonly mixer: MixerPort | null;
  on: boolean;
  /** `script.mode: restart`: a new lease restarts it. */
  ends: Timer | null;
  /** Started with each lease and each time it is switched on. */
  ceiling: Timer | null;
  /** Waiting for the other valve to be shut. */
  opens: Timer | null;
}

/** The lease scripts of the node's YAML: nothing stays open longer than it was asked for, whoever dies. */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #outputs = new Map<string, Output>();
  #boot: string;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#boot = options.boot;
    const rest = { on: false, ends: null, ceiling: null, opens: null };
    for (const [id, port] of options.valves) this.#outputs.set(id, { port, mixer: null, ...rest });
    for (const [id, port] of options.mixers) this.#outputs.set(id, { port, mixer: port, ...rest });
  }

  get boot(): string {
    return this.#boot;
  }

  has(valve: string): boolean {
    return this.#outputs.has(valve);
  }

  /** One message on `<node>/lease`. The node runs its script on whatever is JSON, and closes what it cannot read. */
  request(payload: string): void {
    const body = parseJson(payload);
    if (body === undefined || body === null) return;
    const { valve, ms, target_c: targetC } = requestSchema.parse(body);
    const output = this.#outputs.get(valve);
    const isOurs = output !== undefined && ms >= 0 && ms <= MAX_LEASE_MS;
    const isClose = ms === 0;
    const isSetpoint = targetC >= MIN_TARGET_C && targetC <= MAX_TARGET_C;
    if (!isOurs || (!isClose && output.mixer !== null && !isSetpoint)) this.closeAll();
    else if (isClose) this.#close(valve, output);
    else this.#lease(valve, output, ms, targetC);
  }

  /** `close_*` for each: on connecting, on losing the broker, and for a lease that is none. */
  closeAll(): void {
    for (const [valve, output] of this.#outputs) this.#close(valve, output);
  }

  /** By hand, at the switch's own topic. An opening has the ceiling alone. */
  switch(valve: string, word: 'ON' | 'OFF' | 'TOGGLE'): void {
    const output = this.#outputs.get(valve);
    if (output === undefined) return;
    const on = word === 'TOGGLE' ? !output.on : word === 'ON';
    if (on) this.#turnOn(valve, output);
    else this.#turnOff(valve, output);
  }

  reportAll(): void {
    for (const [valve, output] of this.#outputs) this.#options.report(valve, output.on);
  }

  /** Power off: everything falls, and no script runs. */
  fall(): void {
    for (const [valve, output] of this.#outputs) {
      this.#turnOff(valve, output);
      output.ceiling?.cancel();
      output.ceiling = null;
    }
  }

  /** A reboot: whoever reads the acknowledgements can tell. */
  restart(boot: string): void {
    this.fall();
    this.#boot = boot;
  }

  /** `lease_*`. */
  #lease(valve: string, output: Output, ms: number, targetC: number): void {
    const { clock, acknowledge } = this.#options;
    this.#startCeiling(valve, output);
    output.mixer?.setTarget(targetC);
    this.#turnOn(valve, output);
    output.port.leased?.(ms);
    const holds = output.mixer === null ? {} : { target_c: Math.round(targetC * 10) / 10 };
    acknowledge({ valve, ms, boot: this.#boot, ...holds });
    output.ends?.cancel();
    output.ends = clock.at(clock.nowMs() + ms, `lease of ${valve}`, () => {
      if (!this.#options.clings(valve)) this.#close(valve, output);
    });
  }

  /** `close_*`. It says closed also of what is closed already. */
  #close(valve: string, output: Output): void {
    this.#turnOff(valve, output);
    output.mixer?.setTarget(RESTING_C);
    this.#options.acknowledge({ valve, ms: 0, boot: this.#boot });
    output.ceiling?.cancel();
    output.ceiling = null;
  }

  #startCeiling(valve: string, output: Output): void {
    const { clock } = this.#options;
    output.ceiling?.cancel();
    output.ceiling = clock.at(clock.nowMs() + CEILING_MS, `ceiling of ${valve}`, () => {
      if (!this.#options.clings(valve)) this.#close(valve, output);
    });
  }

  #turnOn(valve: string, output: Output): void {
    const { clock } = this.#options;
    if (output.on || output.opens !== null) return;
    const others = [...this.#outputs].filter(
      ([id, other]) => id !== valve && (other.on || other.opens !== null),
    );
    for (const [id, other] of others) this.#turnOff(id, other);
    if (others.length === 0) {
      this.#drive(valve, output, true);
      return;
    }
    output.opens = clock.at(clock.nowMs() + INTERLOCK_MS, `interlock of ${valve}`, () => {
      output.opens = null;
      this.#drive(valve, output, true);
    });
  }

  /** Also by the interlock or by hand. The lease is over with it, but only `close_*` says so or ends the ceiling. */
  #turnOff(valve: string, output: Output): void {
    output.ends?.cancel();
    output.opens?.cancel();
    output.ends = null;
    output.opens = null;
    this.#drive(valve, output, false);
  }

  #drive(valve: string, output: Output, on: boolean): void {
    output.port.set(on);
    if (output.on === on) return;
    output.on = on;
    this.#options.report(valve, on);
    if (on) this.#startCeiling(valve, output);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
