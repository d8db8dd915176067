import type { Cue, Device, DriverInput, DriverStep, Outgoing, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { SECOND_MS } from '../../src/model/units.ts';
import { advance, startBeat, type Played, type Playing } from '../beat.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import type { Address } from './address.ts';
import { CHANNELS, meet, UNKNOWN, type Companion } from './companion.ts';
import { exposesOf, type Entry } from './definition.ts';
import { whyNoLamp } from './lamp.ts';

type Colour = NonNullable<Cue['light']>['colour'];

const COLOURS = {
  warm: { r: 255, g: 120, b: 40 },
  cold: { r: 40, g: 120, b: 255 },
  white: { r: 255, g: 255, b: 255 },
  red: { r: 255, g: 0, b: 0 },
} as const;
/** The range of Zigbee's level cluster ends here. */
const BRIGHT = 254;

interface LightState {
  readonly companion: Companion;
  readonly linkUp: boolean;
  readonly playing: Playing | null;
  readonly colour: Colour;
}

interface Light {
  readonly id: DeviceId;
  readonly at: Address;
  /** What its keys end in: `_l1`, or nothing. */
  readonly suffix: string;
}

/** A lamp, or a lamp behind a plug. It only knows on and off, so the driver plays the beat. */
export function lightDevice(
  id: DeviceId,
  role: Role,
  at: Address,
  endpoint: string | null,
): Device<LightState> {
  const self: Light = { id, at, suffix: endpoint === null ? '' : `_${endpoint}` };
  return {
    id,
    role,
    driver: 'zigbee2mqtt',
    declaration: plainDeclaration(null),
    topics: CHANNELS.map((channel) => at.topic(channel)),
    init: () => stepTo({ companion: UNKNOWN, linkUp: false, playing: null, colour: 'white' }),
    step: (state, input, atMs) => {
      const unfit = (entry: Entry) => whyNoLamp(entry, at.name, endpoint);
      const { state: companion, faults } = meet(id, at, state.companion, input, unfit);
      const next = lightStep(self, { ...state, companion }, input, atMs);
      return { ...next, faults, nextDeadlineMs: next.state.playing?.nextMs ?? null };
    },
  };
}

function lightStep(self: Light, state: LightState, input: DriverInput, atMs: number): DriverStep<LightState> {
  switch (input.type) {
    case 'link':
      // A lamp in the room may be lit for other reasons: it is left as it is.
      return stepTo({ ...state, linkUp: input.up, playing: null });
    case 'message':
      return stepTo(entryOf(state) === null ? { ...state, playing: null } : state);
    case 'command':
      return input.command.action === 'cue' ? cued(self, state, input.command.cue, atMs) : stepTo(state);
    case 'clock':
      return state.playing === null ? stepTo(state) : played(self, state, advance(state.playing, atMs));
  }
}

function cued(self: Light, state: LightState, cue: Cue, atMs: number): DriverStep<LightState> {
  if (!state.linkUp || entryOf(state) === null) return stepTo(state);
  if (cue.name === 'off') return played(self, state, { playing: null, on: false });
  const { light } = cue;
  if (light === null) return stepTo(state);
  const begun = startBeat(light, light.then, atMs);
  return played(self, { ...state, colour: light.colour }, begun, light.fadeMs);
}

function played(self: Light, state: LightState, { playing, on }: Played, fadeMs = 0): DriverStep<LightState> {
  const entry = entryOf(state);
  return stepTo(
    { ...state, playing },
    { out: on === null || entry === null ? [] : [show(self, state, entry, on, fadeMs)] },
  );
}

/** The lamp, once the bridge has said that it is one: until then, and otherwise, it is told nothing. */
function entryOf({ companion: { bridgeUp, entry, complaint } }: LightState): Entry | null {
  return !bridgeUp || entry === 'missing' || complaint !== null ? null : entry;
}

/** Only what the lamp has: the bridge logs an error for each key that it has not. */
function show(
  { at, suffix }: Light,
  { colour }: LightState,
  entry: Entry,
  on: boolean,
  fadeMs: number,
): Outgoing {
  const names = new Set(exposesOf(entry).map(({ name }) => name));
  const has = (...wanted: readonly string[]): boolean => wanted.some((name) => names.has(name));
  const body: Record<string, unknown> = { [`state${suffix}`]: on ? 'ON' : 'OFF' };
  if (on && has('brightness')) body[`brightness${suffix}`] = BRIGHT;
  if (on && has('color_xy', 'color_hs')) body[`color${suffix}`] = COLOURS[colour];
  if (has('brightness')) body['transition'] = fadeMs / SECOND_MS;
  return at.set(body);
}
