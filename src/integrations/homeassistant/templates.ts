import type { SessionState, ValveState } from '../../model/state.ts';

/**
 * What Home Assistant shows, made from the state object by its own templates (Jinja). `None` is the one text that its
 * MQTT entities read as "unknown"; an empty one would leave the value of before standing there.
 */
const NONE = `'None'`;

/** At rest nobody measures: the last reading would stand there for hours as if it were the water's. */
const UNMEASURED: readonly SessionState[] = ['idle', 'complete', 'stopped', 'aborted'];
const KNOWN_POSITIONS: readonly ValveState[] = ['open', 'closed', 'opening', 'closing'];
/** Home Assistant's longest state; a longer one is refused whole. */
const LONGEST = 255;

export const PHASE = '{{ value_json.phase }}';

export const WATER = show(
  'value_json.water_c',
  `value_json.water_c is not none and value_json.state not in ${listOf(UNMEASURED)}`,
);

/** When what is going on now ends: the offer of ready water, else the step. */
export const ENDS = `{{ value_json.ready_until or (value_json.step.ends_at if value_json.step else none) or ${NONE} }}`;

export const STEP = show(
  `value_json.step.kind ~ ', cycle ' ~ value_json.step.cycle ~ ' of ' ~ value_json.step.cycles`,
  'value_json.step',
);

export const MESSAGE = `{{ (value_json.message or ${NONE})[:${LONGEST}] }}`;

export const READY = onOff(`value_json.phase == 'ready'`);

export const STATE = '{{ value_json.state }}';
export const NEXT = `{{ (value_json.next or ${NONE})[:${LONGEST}] }}`;
export const NEXT_DUE = show('value_json.next_at', 'value_json.next_at');
export const QUIET_UNTIL = show('value_json.quiet_until', 'value_json.quiet_until');
export const QUIET = onOff('value_json.quiet_until');
/** A reminder is shown; an exercise that is led is none. */
export const DUE = onOff(`value_json.state == 'cueing' and value_json.session is none`);

/** An aborted session waits for its clear, whether or not a fault is still named. */
export const PROBLEM = onOff(`value_json.fault or value_json.phase == 'fault'`);
export const PROBLEM_ATTRIBUTES = '{{ (value_json.fault or {}) | tojson }}';

/** A valve that is `unknown` or has `failed` is shown as unknown, never as closed. */
export function valveTemplate(role: string): string {
  const position = `value_json.valves.${role}`;
  return show(position, `${position} in ${listOf(KNOWN_POSITIONS)}`);
}

/** `stopping` is no time to offer buttons any more; Home Assistant would ignore a word it does not know. */
export const AVAILABLE = `{{ 'online' if value == 'online' else 'offline' }}`;

function show(value: string, when: string): string {
  return `{{ ${value} if ${when} else ${NONE} }}`;
}

function onOff(when: string): string {
  return `{{ 'ON' if ${when} else 'OFF' }}`;
}

function listOf(words: readonly string[]): string {
  return `[${words.map((word) => `'${word}'`).join(', ')}]`;
}
