import { z } from 'zod';
import type { Clock, Timer } from '../../../src/clock/clock.ts';
import type { MixerPort, RelayPort } from '../ports.ts';

/** What the node says to each lease. */
export interface LeaseAck {
  readonly valve: string;
  /** What it holds from now on, milliseconds; 0: closed. */
  readonly ms: number;
  /** Mixers: the setpoint it holds. */
  readonly target_c?: number;
  /** Drawn anew at each boot, 8 hex digits. */
  readonly boot: string;
}

export interface LeaseOptions {
  readonly clock: Clock;
  readonly valves: ReadonlyMap<string, RelayPort>;
  readonly mixers: ReadonlyMap<string, MixerPort>;
  readonly boot: string;
  readonly acknowledge: (ack: LeaseAck) => void;
  /** The state of an output changed, or is to be told again. */
  readonly report: (valve: string, on: boolean) => void;
}

/** No lease is longer, milliseconds. */
const MAX_LEASE_MS = 30_000;
/** `interlock_wait_time`: from one valve being switched off to the other being switched on. */
const INTERLOCK_MS = 500;

const requestSchema = z.object({
  valve: z.string(),
  ms: z.number().optional().catch(undefined),
  target_c: z.number().optional().catch(undefined),
});

interface Output {
  readonly port: RelayPort;
  readonly mixer: MixerPort | null;
  on: boolean;
  targetC: number | null;
  /** `script.mode: restart`: a new lease restarts it. */
  ends: Timer | null;
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
    const rest = { on: false, targetC: null, ends: null, opens: null };
    for (const [id, port] of options.valves) this.#outputs.set(id, { port, mixer: null, ...rest });
    for (const [id, port] of options.mixers) this.#outputs.set(id, { port, mixer: port, ...rest });
  }

  get boot(): string {
    return this.#boot;
  }

  has(valve: string): boolean {
    return this.#outputs.has(valve);
  }

  /** One message on `<node>/lease`. What is no JSON, or names no valve of this node, is not answered. */
  request(payload: string): void {
    const request = requestSchema.safeParse(parseJson(payload));
    const output = request.success ? this.#outputs.get(request.data.valve) : undefined;
    if (!request.success || output === undefined) return;
    const { valve, ms = 0, target_c: targetC = null } = request.data;
    const fits =
      Number.isInteger(ms) && ms >= 1 && ms <= MAX_LEASE_MS && (output.mixer === null || targetC !== null);
    if (fits) this.#open(valve, output, ms, targetC);
    else this.close(valve);
    const holds = output.mixer === null || output.targetC === null ? {} : { target_c: output.targetC };
    this.#options.acknowledge({ valve, ms: fits ? ms : 0, ...holds, boot: this.#boot });
  }

  close(valve: string): void {
    const output = this.#outputs.get(valve);
    if (output === undefined) return;
    output.ends?.cancel();
    output.opens?.cancel();
    output.ends = null;
    output.opens = null;
    this.#drive(valve, output, false);
  }

  closeAll(): void {
    for (const valve of this.#outputs.keys()) this.close(valve);
  }

  reportAll(): void {
    for (const [valve, output] of this.#outputs) this.#options.report(valve, output.on);
  }

  /** A reboot: everything falls, and whoever reads the acknowledgements can tell. */
  restart(boot: string): void {
    this.closeAll();
    this.#boot = boot;
    for (const output of this.#outputs.values()) output.targetC = null;
  }

  #open(valve: string, output: Output, ms: number, targetC: number | null): void {
    const { clock } = this.#options;
    output.ends?.cancel();
    output.ends = clock.at(clock.nowMs() + ms, `lease of ${valve}`, () => {
      this.close(valve);
    });
    if (output.mixer !== null && targetC !== null) {
      output.targetC = targetC;
      output.mixer.setTarget(targetC);
    }
    if (output.on || output.opens !== null) return;
    const others = [...this.#outputs].filter(
      ([id, other]) => id !== valve && (other.on || other.opens !== null),
    );
    for (const [id] of others) this.close(id);
    if (others.length === 0) {
      this.#drive(valve, output, true);
      return;
    }
    output.opens = clock.at(clock.nowMs() + INTERLOCK_MS, `interlock of ${valve}`, () => {
      output.opens = null;
      this.#drive(valve, output, true);
    });
  }

  #drive(valve: string, output: Output, on: boolean): void {
    output.port.set(on);
    if (output.on === on) return;
    output.on = on;
    this.#options.report(valve, on);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
