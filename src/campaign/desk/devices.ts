import type { Role } from '../../model/device.ts';
import type { DeviceSettings } from '../../model/station.ts';
import type { DeskHabits } from '../../../firmware-sim/people/desk-person.ts';

/** The topics of the plain devices that a desk is tried with, and what they say. */
export const SIM_TOPICS = {
  ...{ light: 'sim/light', button: 'sim/button', presence: 'sim/presence', busy: 'sim/busy' },
} as const;
/** The `--name` of the helper on the computer of whoever has one. */
export const SIM_HELPER = 'sim';
/** The Home Assistant of whoever has one. */
export const SIM_HOUSE = {
  at: { url: 'http://sim:8123', token: 'sim' },
  presence: 'binary_sensor.chair',
  busy: 'input_boolean.dnd',
} as const;

/** What a person can see and touch, whatever the config has in its place, and how their desk hears of them. */
export function simulatedDevices(desk: string, { hears }: DeskHabits): readonly DeviceSettings[] {
  const of = (role: Role, driver: string, options: unknown): DeviceSettings => ({
    ...{ id: `${desk}-${role}`, role, driver, travelMs: null },
    options,
  });
  const assistant = hears === 'homeassistant';
  return [
    of('light', 'mqtt', { set: SIM_TOPICS.light, payload: { on: 'on', off: 'off' } }),
    of('button', 'mqtt', { state: SIM_TOPICS.button, map: { press: 'press', double: 'double' } }),
    hears === 'helper'
      ? of('presence', 'presence', { name: SIM_HELPER })
      : assistant
        ? of('presence', 'homeassistant', { ...SIM_HOUSE.at, entity: SIM_HOUSE.presence })
        : of('presence', 'mqtt', { state: SIM_TOPICS.presence, map: { here: 'present', gone: 'absent' } }),
    assistant
      ? of('busy', 'homeassistant', { ...SIM_HOUSE.at, entity: SIM_HOUSE.busy })
      : of('busy', 'mqtt', { state: SIM_TOPICS.busy, map: { ON: 'busy', OFF: 'free' } }),
  ];
}
