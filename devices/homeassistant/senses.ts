import { z } from 'zod';
import type { Device, DriverInput, DriverStep, Reading, Role } from '../../src/model/device.ts';
import { contactReading, goneReading } from '../sense.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { domainOf } from './options.ts';
import { hear, isThere, topicsOf, UNMET, type Entity, type Heard, type Known } from './wire.ts';

/** Words of states that say yes: a switch, a calendar; somebody who is there; a player that plays. */
const YES: readonly string[] = ['on', 'home', 'playing'];
const NO: readonly string[] = ['off', 'not_home', 'idle', 'paused', 'standby', 'buffering'];

/** Somebody is there, or wants not to be disturbed. */
export function contactDevice(role: Role, self: Entity): Device<Known> {
  return {
    ...plain(role, self),
    step: (state, input, atMs) => {
      const { known, faults, turned, told } = hear(self, state, input);
      const readings: Reading[] = [];
      if (turned === 'down') readings.push(goneReading(role, self.id, atMs));
      if (told !== null) readings.push(contactReading(role, self.id, meaningOf(self, told.now.state), atMs));
      return stepTo(known, { faults, readings });
    },
  };
}

function meaningOf(self: Entity, state: string | null): boolean | null {
  if (state === null) return null;
  if (YES.includes(state)) return true;
  // Somebody in another zone is not here.
  const isPlace = ['person', 'device_tracker'].includes(domainOf(self.entity));
  if (NO.includes(state) || (isPlace && !['unavailable', 'unknown'].includes(state))) return false;
  return null;
}

const eventSchema = z.object({ event_type: z.string() });

/** A press: something that goes on, an event, or a button that is pressed on a page of Home Assistant. */
export function buttonDevice(role: Role, self: Entity, event: string | null): Device<Known> {
  return {
    ...plain(role, self),
    step: (state, input) => {
      const heard = hear(self, state, input);
      const pressed = isPress(self, event, heard);
      const readings: readonly Reading[] = pressed
        ? [{ kind: 'button', device: self.id, action: { type: 'press' } }]
        : [];
      return stepTo(heard.known, { faults: heard.faults, readings });
    },
  };
}

/** How it stands when Home Assistant is met is no press, nor is it one to come back from being unavailable. */
function isPress(self: Entity, event: string | null, { told }: Heard): boolean {
  if (told === null || told.now.first || !isThere(told.now) || !isThere(told.before)) return false;
  if (told.now.state === told.before.state) return false;
  if (['binary_sensor', 'switch', 'input_boolean'].includes(domainOf(self.entity)))
    return told.now.state === 'on';
  // The state of these is when they happened last: `unknown` before the first time.
  if (told.now.state === 'unknown') return false;
  if (event === null) return true;
  return eventSchema.safeParse(told.now.attributes).data?.event_type === event;
}

function plain(
  role: Role,
  self: Entity,
): Omit<Device<Known>, 'step'> & { step(state: Known, input: DriverInput, atMs: number): DriverStep<Known> } {
  return {
    id: self.id,
    role,
    driver: 'homeassistant',
    declaration: plainDeclaration(null),
    topics: topicsOf(self),
    init: () => stepTo(UNMET),
    step: (state) => stepTo(state),
  };
}
