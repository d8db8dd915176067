import { DESKTOP_PREFIX, desktopNewsSchema } from '../../src/model/desktop.ts';
import type { DesktopAsk, DesktopPart } from '../../src/model/desktop.ts';
import type { DeviceFault, DriverInput, Outgoing } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { parseJson } from '../support.ts';

export const topicOf = (part: DesktopPart, id: DeviceId): string => `${DESKTOP_PREFIX}${part}/${id}`;

export function asking(part: DesktopPart, id: DeviceId, ask: DesktopAsk): Outgoing {
  return { topic: `${topicOf(part, id)}/do`, payload: JSON.stringify(ask), qos: 0 };
}

/** What an input says of the desktop. `up`: null, nothing is known yet. */
export function hear(
  part: DesktopPart,
  id: DeviceId,
  up: boolean | null,
  input: DriverInput,
): { readonly up: boolean | null; readonly faults: readonly DeviceFault[] } {
  const is = (online: boolean): DeviceFault => ({ type: 'presence', device: id, online });
  // The way to the broker is no way of ours, and what is known stays known.
  if (input.type === 'link') return { up, faults: input.up && up !== null ? [is(up)] : [] };
  const said =
    input.type === 'message' && input.topic === topicOf(part, id)
      ? parseJson(input.payload, desktopNewsSchema)
      : null;
  if (said === null) return { up, faults: [] };
  if (said.up) return { up: true, faults: [is(true)] };
  return { up: false, faults: [is(false), { type: 'refused', device: id, message: said.why }] };
}
