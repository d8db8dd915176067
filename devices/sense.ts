import type { Role, SenseReading } from '../src/model/device.ts';
import type { DeviceId } from '../src/model/ids.ts';

/** What the senses beside the thermometer say, in the words of their roles. */

/** A contact: a wet leak sensor, a float that is up, somebody who is there, or wants not to be disturbed. null: it says nothing that is known. */
export function contactReading(
  role: Role,
  device: DeviceId,
  on: boolean | null,
  takenAtMs: number,
): SenseReading {
  switch (role) {
    case 'leak':
      return { kind: 'leak', device, leaking: on, takenAtMs };
    case 'level':
      return { kind: 'level', device, level: on === null ? null : { by: 'float', high: on }, takenAtMs };
    case 'busy':
      return { kind: 'busy', device, busy: on, takenAtMs };
    default:
      return { kind: 'presence', device, present: on, takenAtMs };
  }
}

/** More than any bath: a figure above is no reading. */
const MOST = { lpm: 200, litres: 1_000 };

/** A figure: a flow in litres a minute, or else a level in litres. */
export function figureReading(
  role: Role,
  device: DeviceId,
  value: number | null,
  takenAtMs: number,
): SenseReading {
  const within = (most: number): number | null =>
    value !== null && Number.isFinite(value) && value >= 0 && value <= most ? value : null;
  if (role === 'flow') return { kind: 'flow', device, valueLpm: within(MOST.lpm), takenAtMs };
  const litres = within(MOST.litres);
  return {
    kind: 'level',
    device,
    level: litres === null ? null : { by: 'volume', litres },
    takenAtMs,
  };
}

/** Silence of what was never to be silent: the device has gone, so what it said last is not what is. */
export function goneReading(role: Role, device: DeviceId, atMs: number): SenseReading {
  return role === 'flow' ? figureReading(role, device, null, atMs) : contactReading(role, device, null, atMs);
}
