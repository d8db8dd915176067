import type { Cue, Device, DriverInput, DriverStep, Outgoing, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { advance, startBeat, type Played, type Playing } from '../beat.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { componentCommand, encodeLight, presence, statusTopic } from './codec.ts';

/** A light, or a buzzer behind a switch: both only know on and off, so the driver plays the beat. */

type Colour = NonNullable<Cue['light']>['colour'];

interface CueState {
  readonly linkUp: boolean;
  readonly playing: Playing | null;
  readonly colour: Colour;
}

interface Cued {
  readonly id: DeviceId;
  readonly node: string;
  /** Plays its side of a cue; null where the cue says nothing to it. */
  begin(cue: Cue, atMs: number): Played | null;
  send(on: boolean, colour: Colour, fadeMs?: number): Outgoing;
  /** Sent at each meeting with the node. */
  readonly greeting: readonly Outgoing[];
}

export function lightDevice(id: DeviceId, role: Role, node: string, part: string): Device<CueState> {
  return cueDevice(role, {
    id,
    node,
    begin: ({ light }, atMs) => (light === null ? null : startBeat(light, light.then, atMs)),
    send: (on, colour, fadeMs) => componentCommand(node, 'light', part, encodeLight(on, colour, fadeMs)),
    // A lamp in the room may be lit for other reasons.
    greeting: [],
  });
}

export function buzzerDevice(id: DeviceId, role: Role, node: string, part: string): Device<CueState> {
  return cueDevice(role, {
    id,
    node,
    begin: ({ sound }, atMs) => (sound === null ? null : startBeat(sound, 'off', atMs)),
    send: (on) => componentCommand(node, 'switch', part, on ? 'ON' : 'OFF'),
    // The link may have gone in the middle of a beep.
    greeting: [componentCommand(node, 'switch', part, 'OFF', 1)],
  });
}

function cueDevice(role: Role, self: Cued): Device<CueState> {
  return {
    id: self.id,
    role,
    driver: 'esphome',
    declaration: plainDeclaration(null),
    topics: [statusTopic(self.node)],
    init: () => stepTo({ linkUp: false, playing: null, colour: 'white' }),
    step: (state, input, atMs) => {
      const next = cueStep(self, state, input, atMs);
      return { ...next, nextDeadlineMs: next.state.playing?.nextMs ?? null };
    },
  };
}

function cueStep(self: Cued, state: CueState, input: DriverInput, atMs: number): DriverStep<CueState> {
  switch (input.type) {
    case 'link':
      return stepTo({ ...state, linkUp: input.up, playing: null }, { out: input.up ? self.greeting : [] });
    case 'message': {
      const heard = presence(self.node, self.id, input.topic, input.payload);
      if (heard?.type !== 'presence') return stepTo(state);
      return stepTo({ ...state, playing: null }, { faults: [heard], out: heard.online ? self.greeting : [] });
    }
    case 'command':
      return input.command.action === 'cue' ? cued(self, state, input.command.cue, atMs) : stepTo(state);
    case 'clock':
      return state.playing === null ? stepTo(state) : played(self, state, advance(state.playing, atMs));
  }
}

function cued(self: Cued, state: CueState, cue: Cue, atMs: number): DriverStep<CueState> {
  if (!state.linkUp) return stepTo(state);
  if (cue.name === 'off') return played(self, state, { playing: null, on: false });
  const begun = self.begin(cue, atMs);
  return begun === null
    ? stepTo(state)
    : played(self, { ...state, colour: cue.light?.colour ?? state.colour }, begun, cue.light?.fadeMs);
}

function played(self: Cued, state: CueState, { playing, on }: Played, fadeMs?: number): DriverStep<CueState> {
  return stepTo({ ...state, playing }, { out: on === null ? [] : [self.send(on, state.colour, fadeMs)] });
}
