import type { Cue, Device, DriverInput, DriverStep, Outgoing, Role } from '../../src/model/device.ts';
import { z } from 'zod';
import type { HaState } from '../../src/model/homeassistant.ts';
import { advance, startBeat, type Played, type Playing } from '../beat.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { domainOf } from './options.ts';
import { asking, hear, isThere, topicsOf, UNMET, type Entity, type Known } from './wire.ts';

type Colour = NonNullable<Cue['light']>['colour'];

const COLOURS = {
  warm: [255, 120, 40],
  cold: [40, 120, 255],
  white: [255, 255, 255],
  red: [255, 0, 0],
} as const;
/** `ColorMode` of Home Assistant: what a lamp can be told. */
const COLOURED: readonly string[] = ['hs', 'xy', 'rgb', 'rgbw', 'rgbww'];
const DIMMED: readonly string[] = [...COLOURED, 'brightness', 'color_temp', 'white'];
/** `LightEntityFeature.TRANSITION`. `FLASH` is not used: how fast a lamp flashes by itself nobody knows. */
const TRANSITION = 32;
const abilitiesSchema = z.object({
  supported_color_modes: z.array(z.string()).nullish(),
  supported_features: z.int().min(0).nullish(),
});

interface CueState {
  readonly known: Known;
  readonly playing: Playing | null;
  readonly colour: Colour;
}

/** A lamp, a siren, or anything that is on or off: the driver plays the beat. */
export function cueDevice(role: Role, self: Entity): Device<CueState> {
  return {
    id: self.id,
    role,
    driver: 'homeassistant',
    declaration: plainDeclaration(null),
    topics: topicsOf(self),
    init: () => stepTo({ known: UNMET, playing: null, colour: 'white' }),
    step: (state, input, atMs) => {
      const next = cueStep(role, self, state, input, atMs);
      return { ...next, nextDeadlineMs: next.state.playing?.nextMs ?? null };
    },
  };
}

function cueStep(
  role: Role,
  self: Entity,
  state: CueState,
  input: DriverInput,
  atMs: number,
): DriverStep<CueState> {
  if (input.type === 'command')
    return input.command.action === 'cue' ? cued(role, self, state, input.command.cue, atMs) : stepTo(state);
  if (input.type === 'clock')
    return state.playing === null ? stepTo(state) : played(self, state, advance(state.playing, atMs));
  const { known, faults, turned } = hear(self, state.known, input);
  // What was played on the way is lost with it.
  return stepTo({ ...state, known, playing: turned === null ? state.playing : null }, { faults });
}

function cued(role: Role, self: Entity, state: CueState, cue: Cue, atMs: number): DriverStep<CueState> {
  if (!isThere(state.known.entity)) return stepTo({ ...state, playing: null });
  if (cue.name === 'off') return played(self, state, { playing: null, on: false });
  if (role === 'buzzer')
    return cue.sound === null ? stepTo(state) : played(self, state, startBeat(cue.sound, 'off', atMs));
  const { light } = cue;
  if (light === null) return stepTo(state);
  return played(self, { ...state, colour: light.colour }, startBeat(light, light.then, atMs));
}

function played(self: Entity, state: CueState, { playing, on }: Played): DriverStep<CueState> {
  const { entity } = state.known;
  const out = on === null || !isThere(entity) ? [] : [turn(self, entity, state.colour, on)];
  return stepTo({ ...state, playing }, { out });
}

function turn(self: Entity, { attributes }: HaState, colour: Colour, on: boolean): Outgoing {
  const domain = domainOf(self.entity);
  const data = domain === 'light' ? lightData(attributes, colour, on) : {};
  return asking(self, { domain, service: on ? 'turn_on' : 'turn_off', data, targeted: true });
}

/** Only what the lamp can: Home Assistant refuses, or logs, what it cannot. */
function lightData(attributes: HaState['attributes'], colour: Colour, on: boolean): Record<string, unknown> {
  const abilities = abilitiesSchema.safeParse(attributes).data;
  const modes = abilities?.supported_color_modes ?? [];
  const has = (wanted: readonly string[]): boolean => modes.some((mode) => wanted.includes(mode));
  const swift = ((abilities?.supported_features ?? 0) & TRANSITION) !== 0 ? { transition: 0 } : {};
  if (!on) return swift;
  return {
    ...(has(DIMMED) ? { brightness: 255 } : {}),
    ...(has(COLOURED) ? { rgb_color: COLOURS[colour] } : {}),
    ...swift,
  };
}
