import type { DeviceId } from '../../src/model/ids.ts';
import type { DeviceSettings } from '../../src/model/station.ts';
import { cannotSimulate, type Box, type BoxOptions, type Dialect } from './box.ts';
import { board } from './board.ts';
import { desktop } from './desktop.ts';
import { esphome } from './esphome.ts';
import { firmata } from './firmata.ts';
import { homeassistant } from './homeassistant.ts';
import { mqtt } from './mqtt.ts';
import { presence } from './presence.ts';
import { shelly } from './shelly.ts';
import { tasmota } from './tasmota.ts';
import { zigbee2mqtt } from './zigbee2mqtt.ts';

/** The drivers whose hardware can be simulated, by their names in a config. */
const DIALECTS: Readonly<Record<string, Dialect>> = {
  board,
  desktop,
  esphome,
  firmata,
  homeassistant,
  mqtt,
  presence,
  shelly,
  tasmota,
  zigbee2mqtt,
};

/** One box for each topic, node or bridge that the devices name, in the order of the config. */
export function buildBoxes(
  options: BoxOptions,
  devices: readonly DeviceSettings[],
): ReadonlyMap<DeviceId, Box> {
  const keyOf = (device: DeviceSettings): string => `${device.driver} ${dialectOf(device).boxOf(device)}`;
  const byDevice = new Map<DeviceId, Box>();
  for (const members of Map.groupBy(devices, keyOf).values()) {
    const [first] = members;
    if (first === undefined) continue;
    const box = dialectOf(first).build(options, members);
    for (const { id } of members) byDevice.set(id, box);
  }
  return byDevice;
}

function dialectOf(device: DeviceSettings): Dialect {
  const dialect = Object.hasOwn(DIALECTS, device.driver) ? DIALECTS[device.driver] : undefined;
  if (dialect === undefined)
    throw cannotSimulate(device, `there is no simulated hardware for the driver "${device.driver}"`);
  return dialect;
}
