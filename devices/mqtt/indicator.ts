import type { Cue, Device, DriverInput, DriverStep, Outgoing, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { advance, startBeat, type Played, type Playing } from '../beat.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import type { MqttOptions } from './options.ts';

type Colour = NonNullable<Cue['light']>['colour'];
type Payloads = NonNullable<MqttOptions['payload']>;

interface IndicatorState {
  readonly linkUp: boolean;
  readonly playing: Playing | null;
  readonly colour: Colour;
}

interface Indicator {
  readonly id: DeviceId;
  readonly set: string;
  readonly payload: Payloads;
  /** Anything that it says here shows that it is there. */
  readonly state: string | null;
  /** Plays its side of a cue; null where the cue says nothing to it. */
  begin(cue: Cue, atMs: number): Played | null;
  /** Sent whenever the link comes up. */
  readonly greeting: readonly Outgoing[];
}

/** A lamp or a buzzer: all that is known of it is what turns it on and off, so the driver plays the beat. */
export function indicatorDevice(id: DeviceId, role: Role, options: MqttOptions): Device<IndicatorState> {
  const { set = '', state, payload = { on: '', off: '' } } = options;
  const common = { id, set, payload, state: state ?? null };
  const self: Indicator =
    role === 'buzzer'
      ? {
          ...common,
          begin: ({ sound }, atMs) => (sound === null ? null : startBeat(sound, 'off', atMs)),
          // The link may have gone in the middle of a beep.
          greeting: [{ topic: set, payload: payload.off, qos: 1 }],
        }
      : {
          ...common,
          begin: ({ light }, atMs) => (light === null ? null : startBeat(light, light.then, atMs)),
          // A lamp in the room may be lit for other reasons.
          greeting: [],
        };
  return {
    id,
    role,
    driver: 'mqtt',
    declaration: plainDeclaration(null),
    topics: state === undefined ? [] : [state],
    init: () => stepTo({ linkUp: false, playing: null, colour: 'white' }),
    step: (before, input, atMs) => {
      const next = indicatorStep(self, before, input, atMs);
      return { ...next, nextDeadlineMs: next.state.playing?.nextMs ?? null };
    },
  };
}

function indicatorStep(
  self: Indicator,
  state: IndicatorState,
  input: DriverInput,
  atMs: number,
): DriverStep<IndicatorState> {
  switch (input.type) {
    case 'link':
      return stepTo({ ...state, linkUp: input.up, playing: null }, { out: input.up ? self.greeting : [] });
    case 'message': {
      const heard = !input.retained && input.topic === self.state;
      return stepTo(state, { faults: heard ? [{ type: 'presence', device: self.id, online: true }] : [] });
    }
    case 'command':
      return input.command.action === 'cue' ? cued(self, state, input.command.cue, atMs) : stepTo(state);
    case 'clock':
      return state.playing === null ? stepTo(state) : played(self, state, advance(state.playing, atMs));
  }
}

function cued(self: Indicator, state: IndicatorState, cue: Cue, atMs: number): DriverStep<IndicatorState> {
  if (!state.linkUp) return stepTo(state);
  if (cue.name === 'off') return played(self, state, { playing: null, on: false });
  const begun = self.begin(cue, atMs);
  return begun === null
    ? stepTo(state)
    : played(self, { ...state, colour: cue.light?.colour ?? state.colour }, begun);
}

function played(
  { set, payload }: Indicator,
  state: IndicatorState,
  { playing, on }: Played,
): DriverStep<IndicatorState> {
  const text = on === true ? (payload[state.colour] ?? payload.on) : payload.off;
  return stepTo({ ...state, playing }, { out: on === null ? [] : [{ topic: set, payload: text, qos: 0 }] });
}
