import type { BusMessage } from '../../src/model/bus.ts';

/** How the bath's water is driven, and how to read that dialect's wire as somebody beside the broker. */
export interface WireDialect {
  /** The water devices of a station, as lines of `ebb.yaml`. */
  readonly water: string;
  /** What else the station needs; every rig here has an ESPHome probe and button unless the dialect has its own. */
  readonly senses: string;
  /** The lease Ebb asks for, milliseconds. */
  readonly leaseMs: number;
  /** A message to a water device that opens or renews: which valve, for how long. null: it is none. */
  opens(message: BusMessage): { readonly valve: string; readonly leaseMs: number | null } | null;
  /** A message to a water device that closes: which valve. */
  closes(message: BusMessage): string | null;
  /** Topics on which devices take commands: nothing retained may lie there. */
  readonly commands: RegExp;
}

const PROBE = `    thermometer: { driver: esphome, node: bath-probe, sensor: water }
    button: { driver: esphome, node: bath-probe, binary_sensor: button }`;

/** Bounded on purpose: what is no number is no lease. */
function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function json(payload: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(payload);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

const tasmota: WireDialect = {
  water: `    hot: { driver: tasmota, topic: bath-valves, relay: 1 }
    cold: { driver: tasmota, topic: bath-valves, relay: 2 }`,
  senses: PROBE,
  leaseMs: 10_000,
  opens: ({ topic, payload }) => {
    const timed = /^cmnd\/bath-valves\/TimedPower(\d)$/.exec(topic);
    if (timed !== null) return { valve: timed[1] ?? '', leaseMs: Number(payload) };
    const bare = /^cmnd\/bath-valves\/POWER(\d)$/i.exec(topic);
    return bare !== null && /^(ON|1|TOGGLE|2)$/i.test(payload)
      ? { valve: bare[1] ?? '', leaseMs: null }
      : null;
  },
  closes: ({ topic, payload }) =>
    payload === 'OFF' ? (/^cmnd\/bath-valves\/POWER(\d)$/i.exec(topic)?.[1] ?? null) : null,
  commands: /^cmnd\//,
};

const esphome: WireDialect = {
  water: '    mixer: { driver: esphome, node: bath-mixer, mixer: main }',
  senses: PROBE,
  leaseMs: 10_000,
  opens: ({ topic, payload }) => {
    if (topic !== 'bath-mixer/lease') return null;
    const ms = numberOf(json(payload)['ms']);
    return ms === 0 ? null : { valve: 'main', leaseMs: ms };
  },
  closes: ({ topic, payload }) => (topic === 'bath-mixer/lease' && json(payload)['ms'] === 0 ? 'main' : null),
  commands: /^bath-(mixer|probe)\/(lease|.*\/command)$/,
};

const shelly: WireDialect = {
  water: `    hot: { driver: shelly, prefix: bath-valves, switch: 0 }
    cold: { driver: shelly, prefix: bath-valves, switch: 1 }`,
  senses: `    thermometer: { driver: shelly, prefix: bath-valves, temperature: 100 }
    button: { driver: shelly, prefix: bath-valves, input: 0 }`,
  leaseMs: 10_000,
  opens: (message) => {
    const set = shellySet(message);
    if (set?.['on'] !== true) return null;
    const seconds = numberOf(set['toggle_after']);
    return { valve: String(set['id']), leaseMs: seconds === null ? null : seconds * 1_000 };
  },
  closes: (message) => {
    const set = shellySet(message);
    return set?.['on'] === false && !('toggle_after' in set) ? String(set['id']) : null;
  },
  commands: /^bath-valves\/(rpc|command.*)$/,
};

function shellySet({ topic, payload }: BusMessage): Record<string, unknown> | null {
  if (topic !== 'bath-valves/rpc') return null;
  const frame = json(payload);
  const { method, params } = frame;
  return method === 'Switch.Set' && typeof params === 'object' && params !== null ? { ...params } : null;
}

const zigbee2mqtt: WireDialect = {
  water: `    hot: { driver: zigbee2mqtt, name: bath_valves, endpoint: l1 }
    cold: { driver: zigbee2mqtt, name: bath_valves, endpoint: l2 }`,
  senses: `    thermometer: { driver: esphome, node: bath-probe, sensor: water }
    button: { driver: zigbee2mqtt, name: bath_button }`,
  leaseMs: 30_000,
  opens: (message) => {
    const set = zigbeeSet(message);
    if (set?.state !== 'ON') return null;
    return { valve: set.endpoint, leaseMs: set.countdown === null ? null : set.countdown * 1_000 };
  },
  closes: (message) => {
    const set = zigbeeSet(message);
    return set?.state === 'OFF' && set.countdown === null ? set.endpoint : null;
  },
  commands: /^zigbee2mqtt\/.+\/(set|get)(\/|$)/,
};

function zigbeeSet({ topic, payload }: BusMessage) {
  const to = /^zigbee2mqtt\/bath_valves(?:\/(l\d))?\/set$/.exec(topic);
  if (to === null) return null;
  const value = json(payload);
  const endpoint = to[1] ?? /state_(l\d)/.exec(payload)?.[1] ?? '';
  const suffix = `state_${endpoint}` in value ? `_${endpoint}` : '';
  return { endpoint, state: value[`state${suffix}`], countdown: numberOf(value[`countdown${suffix}`]) };
}

export const DIALECTS = { tasmota, esphome, shelly, zigbee2mqtt } as const satisfies Record<
  string,
  WireDialect
>;
export type DialectName = keyof typeof DIALECTS;
