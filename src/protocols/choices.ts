import type { ProblemCode } from '../config/problem.ts';
import { listOf, show } from '../config/value.ts';
import { choicesSchema } from '../model/command.ts';
import type { Choices } from '../model/command.ts';
import type { WaterKind } from '../model/plan.ts';
import { durationSchema, formatDuration, formatTemperature, temperatureSchema } from '../model/units.ts';
import { isWaterStep } from './protocol.ts';
import type { Choosable, Protocol } from './protocol.ts';

/** Why something chosen, or a whole plan, is not accepted. */
export interface Refusal {
  readonly code: ProblemCode;
  /** The choice it is about (`cold`), or a total; empty for the protocol itself. */
  readonly path: string;
  readonly message: string;
}

/** Choices in base units; null where nobody chose. */
export interface Picked {
  readonly cycles: number | null;
  readonly durationMs: Readonly<Record<WaterKind, number | null>>;
  readonly waterC: Readonly<Record<WaterKind, number | null>>;
}

const KEYS = Object.keys(choicesSchema.shape);

/** Picks each choice from the first layer that has it, and holds it against the protocol's ranges. */
export function pickChoices(
  protocol: Protocol,
  layers: readonly Choices[],
): { readonly picked: Picked; readonly problems: readonly Refusal[] } {
  const problems: Refusal[] = [];
  const first = (key: keyof Choices): string | number | undefined =>
    layers.find((layer) => layer[key] !== undefined)?.[key];
  const pick = (key: keyof Choices, read: Reader, ranges: readonly Choosable[]): number | null => {
    const raw = first(key);
    if (raw === undefined) return null;
    if (ranges.length === 0) {
      const message = `${protocol.id} has no ${key}; it can choose ${listOf(choosableKeys(protocol))}`;
      problems.push({ code: 'unknown_key', path: key, message });
      return null;
    }
    const value = read.parse(raw);
    if (typeof value === 'string') {
      problems.push({ code: 'invalid_value', path: key, message: value });
      return null;
    }
    for (const { min, max } of ranges) {
      if (value >= min && value <= max) continue;
      const message = `${protocol.id}: ${key} must be ${read.format(min)} to ${read.format(max)}; found ${show(raw)}`;
      problems.push({ code: 'out_of_range', path: key, message });
      return null;
    }
    return value;
  };
  const picked: Picked = {
    cycles: pick('cycles', NUMBER, protocol.cycles === null ? [] : [protocol.cycles]),
    durationMs: {
      warm: pick('warm', DURATION, durations(protocol, 'warm')),
      cold: pick('cold', DURATION, durations(protocol, 'cold')),
    },
    waterC: {
      warm: pick('warm_water', TEMPERATURE, temperatures(protocol, 'warm')),
      cold: pick('cold_water', TEMPERATURE, temperatures(protocol, 'cold')),
    },
  };
  return { picked, problems };
}

/** What can be chosen of this protocol. */
function choosableKeys(protocol: Protocol): string[] {
  const kinds = new Set<string>(protocol.steps.map((step) => step.kind));
  return KEYS.filter((key) =>
    key === 'cycles' ? protocol.cycles !== null : kinds.has(key.replace('_water', '')),
  );
}

function durations(protocol: Protocol, kind: WaterKind): Choosable[] {
  return protocol.steps.flatMap((step) => (isWaterStep(step) && step.kind === kind ? [step.durationMs] : []));
}

function temperatures(protocol: Protocol, kind: WaterKind): Choosable[] {
  return protocol.steps.flatMap((step) => (isWaterStep(step) && step.kind === kind ? [step.waterC] : []));
}

interface Reader {
  /** The value in its base unit, or a sentence that says what would be right. */
  parse(raw: string | number): number | string;
  format(value: number): string;
}

const NUMBER: Reader = {
  parse: (raw) =>
    typeof raw === 'number' && Number.isInteger(raw) ? raw : `must be a whole number; found ${show(raw)}`,
  format: String,
};

const withUnit = (schema: typeof durationSchema, format: (value: number) => string): Reader => ({
  parse: (raw) => {
    const parsed = schema.safeParse(raw);
    return parsed.success ? parsed.data : (parsed.error.issues[0]?.message ?? `not readable: ${show(raw)}`);
  },
  format,
});
const DURATION = withUnit(durationSchema, formatDuration);
const TEMPERATURE = withUnit(temperatureSchema, formatTemperature);
