import type { Cue, Device, DriverInput, DriverStep, Outgoing, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { advance, startBeat, type Played, type Playing } from '../beat.ts';
import { plainDeclaration, stepTo } from '../support.ts';

/**
 * A lamp or a buzzer behind a relay of a Shelly, of either generation: it only knows on and off, so the driver plays
 * the beat, and nothing it says is waited for.
 */

interface CueState {
  readonly linkUp: boolean;
  readonly there: boolean;
  readonly playing: Playing | null;
}

export interface Cued {
  readonly id: DeviceId;
  readonly role: 'light' | 'buzzer';
  readonly online: string;
  /** Where its replies come, and what it is asked to know whether it is there; null for what has no replies. */
  readonly hello: { readonly replies: string; readonly question: Outgoing } | null;
  /** The message that switches it. */
  send(on: boolean, qos: 0 | 1): Outgoing;
}

export function cueDevice(self: Cued): Device<CueState> {
  return {
    id: self.id,
    role: self.role satisfies Role,
    driver: 'shelly',
    declaration: plainDeclaration(null),
    topics: self.hello === null ? [self.online] : [self.online, self.hello.replies],
    init: () => stepTo({ linkUp: false, there: false, playing: null }),
    step: (state, input, atMs) => {
      const next = cueStep(self, state, input, atMs);
      return { ...next, nextDeadlineMs: next.state.playing?.nextMs ?? null };
    },
  };
}

function cueStep(self: Cued, state: CueState, input: DriverInput, atMs: number): DriverStep<CueState> {
  switch (input.type) {
    case 'link':
      return stepTo(
        { linkUp: input.up, there: false, playing: null },
        { out: input.up ? greeting(self) : [] },
      );
    case 'message':
      return message(self, state, input);
    case 'command':
      return input.command.action === 'cue' && state.linkUp
        ? cued(self, state, input.command.cue, atMs)
        : stepTo(state);
    case 'clock':
      return state.playing === null ? stepTo(state) : played(self, state, advance(state.playing, atMs));
  }
}

/** What lay at the broker may be from long ago, unless it is all that the device ever says. */
function message(
  self: Cued,
  state: CueState,
  { topic, payload, retained }: { topic: string; payload: string; retained: boolean },
): DriverStep<CueState> {
  if (retained && self.hello !== null) return stepTo(state);
  const presence = (online: boolean) => ({ type: 'presence', device: self.id, online }) as const;
  if (topic === self.hello?.replies)
    return state.there ? stepTo(state) : stepTo({ ...state, there: true }, { faults: [presence(true)] });
  if (topic !== self.online || (payload !== 'true' && payload !== 'false')) return stepTo(state);
  const online = payload === 'true';
  const out = online ? greeting(self) : [];
  return stepTo({ ...state, there: online, playing: null }, { faults: [presence(online)], out });
}

/** The link may have gone in the middle of a beep. A lamp in the room may be lit for other reasons. */
function greeting(self: Cued): readonly Outgoing[] {
  const question = self.hello === null ? [] : [self.hello.question];
  return self.role === 'buzzer' ? [self.send(false, 1), ...question] : question;
}

function cued(self: Cued, state: CueState, cue: Cue, atMs: number): DriverStep<CueState> {
  if (cue.name === 'off') return played(self, state, { playing: null, on: false });
  const { light, sound } = cue;
  if (self.role === 'light')
    return light === null ? stepTo(state) : played(self, state, startBeat(light, light.then, atMs));
  return sound === null ? stepTo(state) : played(self, state, startBeat(sound, 'off', atMs));
}

function played(self: Cued, state: CueState, { playing, on }: Played): DriverStep<CueState> {
  return stepTo({ ...state, playing }, { out: on === null ? [] : [self.send(on, on ? 0 : 1)] });
}
