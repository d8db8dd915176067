import type { DeviceFault, DriverInput, Outgoing } from '../../src/model/device.ts';
import { HA_PREFIX, haFailedSchema, haLinkSchema, haStateSchema } from '../../src/model/homeassistant.ts';
import type { HaCall, HaState } from '../../src/model/homeassistant.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { parseJson } from '../support.ts';

/** What every entity has in common: the way to its Home Assistant. */
export interface Entity {
  readonly id: DeviceId;
  readonly url: string;
  readonly entity: string;
}

/** What is known of it. */
export interface Known {
  /** null: nothing, since Home Assistant is not there, or has said nothing of it. */
  readonly entity: HaState | null;
  /** Home Assistant is there, whether the entity is or not. */
  readonly linkUp: boolean;
}
export const UNMET: Known = { entity: null, linkUp: false };

const base = ({ url }: Entity): string => `${HA_PREFIX}${url}`;
export const topicsOf = (self: Entity): readonly string[] => [
  `${base(self)}/link`,
  `${base(self)}/${self.entity}`,
  `${base(self)}/${self.entity}/failed`,
];

export function asking(self: Entity, call: HaCall): Outgoing {
  return { topic: `${base(self)}/${self.entity}/call`, payload: JSON.stringify(call), qos: 0 };
}

/** Its state, where it has one: neither gone nor not known yet. */
export const isThere = (state: HaState | null): state is HaState & { state: string } =>
  state !== null && state.state !== null && state.state !== 'unavailable';

export interface Heard {
  readonly known: Known;
  readonly faults: readonly DeviceFault[];
  /** Home Assistant has just come, or gone. */
  readonly turned: 'up' | 'down' | null;
  /** The entity as it was before, where it is told anew. */
  readonly told: { readonly before: HaState | null; readonly now: HaState } | null;
  /** What was asked of it last could not be done. */
  readonly failed: boolean;
}

/**
 * What an input says of the way to an entity. `needed: false`: it need not be one, as a service for notifications is; but
 * that is not known before Home Assistant has said which there are.
 */
export function hear(self: Entity, known: Known, input: DriverInput, needed = true): Heard {
  const nothing: Heard = { known, faults: [], turned: null, told: null, failed: false };
  const is = (online: boolean): DeviceFault => ({ type: 'presence', device: self.id, online });
  // The way to the broker is no way of ours; but nobody is believed to be there before it is known.
  if (input.type === 'link') {
    const there = known.linkUp && (needed ? isThere(known.entity) : known.entity !== null);
    return { ...nothing, faults: input.up && there ? [is(true)] : [] };
  }
  if (input.type !== 'message') return nothing;
  const [link, entity, failed] = topicsOf(self);
  switch (input.topic) {
    case link: {
      const said = parseJson(input.payload, haLinkSchema);
      if (said === null) return nothing;
      if (said.up)
        return {
          ...nothing,
          known: { entity: null, linkUp: true },
          turned: 'up',
        };
      return { ...nothing, known: UNMET, turned: 'down', faults: [is(false), refused(self, said.why)] };
    }
    case entity: {
      const now = parseJson(input.payload, haStateSchema);
      if (now === null || !known.linkUp) return nothing;
      return {
        ...nothing,
        known: { ...known, entity: now },
        told: { before: known.entity, now },
        faults: needed ? standing(self, now, is) : [is(true)],
      };
    }
    case failed: {
      const said = parseJson(input.payload, haFailedSchema);
      return said === null
        ? nothing
        : { ...nothing, failed: true, faults: [refused(self, `Home Assistant: ${said.why}`)] };
    }
    default:
      return nothing;
  }
}

function standing(self: Entity, now: HaState, is: (online: boolean) => DeviceFault): readonly DeviceFault[] {
  if (isThere(now)) return [is(true)];
  const why =
    now.state === null
      ? `there is no entity ${self.entity} in Home Assistant, or the user of the token may not see it`
      : `${self.entity} is unavailable in Home Assistant; look at the device there`;
  return [is(false), refused(self, why)];
}

const refused = ({ id }: Entity, message: string): DeviceFault => ({ type: 'refused', device: id, message });
