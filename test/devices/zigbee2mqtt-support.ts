import type { Role } from '../../src/model/device.ts';
import { Rig } from './replay.ts';

export const BASE = 'zigbee2mqtt';

type Fields = Readonly<Record<string, unknown>>;

const feature = (name: string, endpoint: string | null, more: Fields): Fields => ({
  name,
  property: endpoint === null ? name : `${name}_${endpoint}`,
  ...(endpoint === null ? {} : { endpoint }),
  access: 7,
  ...more,
});

/** What a Tuya relay module exposes, as its page at zigbee2mqtt.io lists it. */
export function relayExposes(...endpoints: readonly (string | null)[]): readonly Fields[] {
  return [
    ...endpoints.map((end) => ({ type: 'switch', features: [feature('state', end, { type: 'binary' })] })),
    ...endpoints.map((end) => feature('countdown', end, { type: 'numeric', unit: 's', value_max: 43_200 })),
    feature('power_on_behavior', null, { type: 'enum', values: ['off', 'on', 'previous'] }),
  ];
}

/** One device of `bridge/devices`: a relay module with two relays unless told otherwise. */
export function entry(name: string, more: Fields = {}, definition: Fields = {}): Fields {
  return {
    friendly_name: name,
    ieee_address: '0xa4c1380000000001',
    disabled: false,
    model_id: 'TS0002',
    manufacturer: '_TZ3000_abcdefgh',
    power_source: 'Mains (single phase)',
    interview_state: 'SUCCESSFUL',
    definition: { model: 'TS0002_limited', exposes: relayExposes('l1', 'l2'), ...definition },
    ...more,
  };
}

export function tellDevices(rig: Rig, ...entries: readonly unknown[]): Rig {
  return rig.message(
    `${BASE}/bridge/devices`,
    JSON.stringify([{ friendly_name: 'Coordinator', definition: null }, ...entries]),
    true,
  );
}

export const tellBridge = (rig: Rig, state: 'online' | 'offline', retained = false): Rig =>
  rig.message(`${BASE}/bridge/state`, JSON.stringify({ state }), retained);

/** A state message of the device. */
export const say = (rig: Rig, name: string, body: Fields): Rig =>
  rig.message(`${BASE}/${name}`, JSON.stringify({ linkquality: 120, power_on_behavior: 'off', ...body }));

/** The relay that the recordings speak of. */
export const NAME = 'bath_valves';
export const relay = (role: Role = 'hot', endpoint = 'l1'): Rig =>
  new Rig(role, 'zigbee2mqtt', { name: NAME, endpoint });

/** Link, list, bridge, and twice the device's own word that it is off. What was said on the way is forgotten. */
export function meet(rig: Rig, device: Fields = entry(NAME), end = '_l1', name = NAME): Rig {
  tellDevices(rig.link(true), device);
  tellBridge(rig, 'online', true);
  const off = { [`state${end}`]: 'OFF', [`countdown${end}`]: 0 };
  return say(say(rig, name, off), name, off).forget();
}
