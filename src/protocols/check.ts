import { ENVELOPE } from '../../machines/envelope.ts';
import type { Path } from '../config/problem.ts';
import type { Report } from '../config/report.ts';
import { exactDuration, exactTemperature } from '../config/value.ts';
import { SECOND_MS } from '../model/units.ts';
import type { Choosable, ProtocolStep, WaterStep } from './protocol.ts';
import { checkDry } from './check-dry.ts';
import { isWaterStep } from './protocol.ts';
import type { Protocol } from './protocol.ts';

/** Between warm and cold water: a warm step is never below it, a cold one never above. */
const DIVIDE_C = 30;
const SHORTEST_STEP_MS = 5 * SECOND_MS;

interface Limit {
  readonly id: string;
  readonly min: number;
  readonly max: number;
  readonly what: string;
  readonly format: (value: number) => string;
}

const WARM: Limit = {
  id: 'L1',
  min: DIVIDE_C,
  max: ENVELOPE.warmMaxC,
  what: 'warm water',
  format: exactTemperature,
};
const COLD: Limit = {
  id: 'L2',
  min: ENVELOPE.coldMinC,
  max: DIVIDE_C,
  what: 'cold water',
  format: exactTemperature,
};
const step = (id: string, max: number, what: string): Limit => ({
  id,
  min: SHORTEST_STEP_MS,
  max,
  what,
  format: exactDuration,
});
const WARM_STEP = step('L3', ENVELOPE.warmStepMs, 'a warm step of a contrast');
const COLD_STEP = step('L4', ENVELOPE.coldStepMs, 'a cold step');
const SOAK = step('L11', ENVELOPE.soakMs, 'a warm soak');
const SOAK_WATER: Limit = { ...WARM, id: 'L11', what: 'the water of a soak' };
const CYCLES: Limit = {
  id: 'L5',
  min: ENVELOPE.cyclesMin,
  max: ENVELOPE.cyclesMax,
  what: 'a contrast in cycles',
  format: String,
};

/** Reports where a protocol leaves the envelope, or contradicts itself. The messages name the limit. */
export function checkProtocol(protocol: Protocol, endWith: 'warm' | 'cold' | null, report: Report): void {
  checkRanges(protocol, report);
  switch (protocol.kind) {
    case 'contrast':
      checkContrast(protocol, endWith, report);
      break;
    case 'soak':
      checkSoak(protocol, report);
      break;
    case 'guided':
    case 'reminder':
    case 'checklist':
    case 'log':
    case 'info':
      checkDry(protocol, report);
  }
  checkProgression(protocol, report);
  const water = protocol.kind === 'contrast' || protocol.kind === 'soak';
  if (water && protocol.screening !== 'water') {
    const message = `a water session is screened: \`screening: water\`; found "${protocol.screening}"`;
    report.error(['screening'], 'envelope', message);
  }
}

function checkProgression({ progression }: Protocol, report: Report): void {
  if (progression === null) return;
  if (progression.toMs > ENVELOPE.coldStepMs) {
    report.error(
      ['progression', 'to'],
      'envelope',
      `L4: a cold step lasts at most ${exactDuration(ENVELOPE.coldStepMs)}; found ${exactDuration(progression.toMs)}`,
    );
  }
  if (progression.byMs > ENVELOPE.ladderStepMs) {
    report.error(
      ['progression', 'by'],
      'envelope',
      `L13: cold grows by at most ${exactDuration(ENVELOPE.ladderStepMs)} a session; found ${exactDuration(progression.byMs)}`,
    );
  }
  if (progression.fromMs > progression.toMs) {
    report.error(
      ['progression', 'from'],
      'out_of_range',
      `must be at most \`to\`, ${exactDuration(progression.toMs)}; found ${exactDuration(progression.fromMs)}`,
    );
  }
}

/** Every range in order, every default within its range. */
function checkRanges(protocol: Protocol, report: Report): void {
  if (protocol.cycles !== null) checkRange(protocol.cycles, ['cycles'], String, report);
  for (const [index, each] of protocol.steps.entries()) {
    const path = ['steps', index];
    if (isWaterStep(each)) checkRange(each.waterC, [...path, 'water'], exactTemperature, report);
    else if (each.count !== null) checkRange(each.count, [...path, 'count'], String, report);
    if (each.durationMs !== null) checkRange(each.durationMs, [...path, 'duration'], exactDuration, report);
  }
  for (const [key, often] of [
    ['per_week', protocol.perWeek],
    ['per_day', protocol.perDay],
  ] as const) {
    if (often !== null && often[0] > often[1])
      report.error([key], 'out_of_range', 'the lower number stands first');
  }
}

function checkRange(value: Choosable, path: Path, format: (n: number) => string, report: Report): void {
  const range = `${format(value.min)} to ${format(value.max)}`;
  if (value.min > value.max) {
    report.error([...path, 'range', 0], 'out_of_range', `the lower end stands first; found ${range}`);
  } else if (value.default < value.min || value.default > value.max) {
    const message = `the default must be within its range, ${range}; found ${format(value.default)}`;
    report.error([...path, 'default'], 'out_of_range', message);
  }
}

function checkContrast(protocol: Protocol, endWith: 'warm' | 'cold' | null, report: Report): void {
  if (protocol.cycles === null)
    report.error(['cycles'], 'missing_key', 'missing: a contrast says how many cycles it has');
  else checkLimit(protocol.cycles, CYCLES, ['cycles'], report);
  if (endWith === null)
    report.error(['end_with'], 'missing_key', 'missing: a contrast says `end_with: cold`');
  if (endWith === 'warm')
    report.error(['end_with'], 'envelope', 'a contrast ends cold: `end_with: cold`; found "warm"');
  const last = protocol.steps.at(-1);
  if (last?.kind === 'warm') {
    const message = 'the cycles end warm: the last step of a contrast is a cold one';
    report.error(['steps', protocol.steps.length - 1, 'kind'], 'envelope', message);
  }
  if (protocol.steps.length < 2)
    report.error(['steps'], 'invalid_value', 'a contrast has a warm and a cold step', 'key');
  for (const [index, each] of protocol.steps.entries()) {
    const path = ['steps', index];
    if (!refuseDryStep(each, path, report)) continue;
    if (each.kind === protocol.steps[index - 1]?.kind) {
      report.error(
        [...path, 'kind'],
        'invalid_value',
        `two ${each.kind} steps in a row: warm and cold take turns`,
      );
    }
    checkLimit(each.waterC, each.kind === 'warm' ? WARM : COLD, [...path, 'water'], report);
    checkLimit(each.durationMs, each.kind === 'warm' ? WARM_STEP : COLD_STEP, [...path, 'duration'], report);
  }
  checkSums(protocol, report);
}

/** The default plan; what is chosen for a session is summed again when it is compiled. */
function checkSums(protocol: Protocol, report: Report): void {
  const cycles = protocol.cycles?.default ?? 1;
  const sums = [
    { kind: 'warm', id: 'L6', max: ENVELOPE.warmContactMs },
    { kind: 'cold', id: 'L7', max: ENVELOPE.coldContactMs },
  ] as const;
  for (const { kind, id, max } of sums) {
    const each = protocol.steps.reduce(
      (sum, s) => (isWaterStep(s) && s.kind === kind ? sum + s.durationMs.default : sum),
      0,
    );
    if (each * cycles <= max) continue;
    const message = `${id}: ${kind} contact of a session is at most ${exactDuration(max)}; the defaults add up to ${exactDuration(each * cycles)}`;
    report.error(['cycles', 'default'], 'envelope', message);
  }
}

function checkSoak(protocol: Protocol, report: Report): void {
  if (protocol.cycles !== null) report.error(['cycles'], 'invalid_value', 'a soak has no cycles', 'key');
  if (protocol.steps.length !== 1) {
    report.error(
      ['steps'],
      'invalid_value',
      `a soak has one warm step; found ${protocol.steps.length}`,
      'key',
    );
  }
  for (const [index, each] of protocol.steps.entries()) {
    const path = ['steps', index];
    if (!refuseDryStep(each, path, report)) continue;
    if (each.kind === 'cold') {
      report.error([...path, 'kind'], 'envelope', 'L11: a soak is warm; cold water runs only in a contrast');
    } else {
      checkLimit(each.waterC, SOAK_WATER, [...path, 'water'], report);
      checkLimit(each.durationMs, SOAK, [...path, 'duration'], report);
    }
  }
}

function refuseDryStep(each: ProtocolStep, path: Path, report: Report): each is WaterStep {
  if (isWaterStep(each)) return true;
  report.error(
    [...path, 'kind'],
    'invalid_value',
    `a water session has warm and cold steps only; found "${each.kind}"`,
  );
  return false;
}

function checkLimit(value: Choosable, limit: Limit, path: Path, report: Report): void {
  const places = [
    { at: [...path, 'range', 0], found: value.min },
    { at: [...path, 'range', 1], found: value.max },
    { at: [...path, 'default'], found: value.default },
  ];
  for (const { at, found } of places) {
    if (found >= limit.min && found <= limit.max) continue;
    const message = `${limit.id}: ${limit.what}: ${limit.format(limit.min)} to ${limit.format(limit.max)}; found ${limit.format(found)}`;
    report.error(at, 'envelope', message);
  }
}
