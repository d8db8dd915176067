import { isOutputRole, positionOf } from '../model/device.ts';
import type { StationId } from '../model/ids.ts';
import type { DeviceReport } from '../model/inventory.ts';
import type { Equipment } from './equipment.ts';

/** The devices of a station as they are right now. */
export function inventoryOf(
  station: StationId,
  equipment: Equipment,
  leaseMs: number | null,
  nowMs: number,
): readonly DeviceReport[] {
  return [...equipment.devices.values()].map(({ device, link }) => {
    const { id, role, driver, declaration } = device;
    const valve = equipment.valves.get(id);
    const reading = equipment.readings.get(id);
    const water = isOutputRole(role);
    const lease = leaseMs ?? declaration.lease?.defaultMs ?? null;
    return {
      station,
      id,
      role,
      driver,
      link: link.value,
      // The valve machine's states are the words that people read.
      valve: valve === undefined || !isOutputRole(role) ? null : positionOf(role, valve.value),
      reading:
        reading === undefined
          ? null
          : { value: reading.value, age_s: Math.round((nowMs - reading.atMs) / 100) / 10 },
      deadline: water ? declaration.deadline : null,
      lease_s: water && lease !== null ? lease / 1_000 : null,
      why: equipment.whyNot(id),
    };
  });
}
