import type { Cue, Device, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { plainDeclaration } from '../support.ts';
import type { Part } from './talk.ts';
import { boardDevice, needs, nothing } from './talk.ts';

/** The board runs its patterns by itself, so a cue is one request, sent again if nobody answered. */
const BEAT_MS = 1_000;
const TRIES = 3;

interface CueState {
  /** How often the last cue was sent. */
  readonly tries: number;
}

interface Kind {
  readonly digit: number;
  readonly kind: 'lights' | 'buzzers';
  /** null: this cue has nothing for it. */
  readonly encode: (cue: Cue) => string | null;
}

/** The board's light has one colour; rhythm and what stays tell the cues apart. */
export function lightDevice(id: DeviceId, role: Role, port: string): Device {
  return cueDevice(id, role, port, {
    digit: 7,
    kind: 'lights',
    encode: ({ name, light }) => {
      if (name === 'off') return 'LED 1 0 0 0 0';
      if (light === null) return null;
      return `LED 1 ${light.onMs} ${light.offMs} ${light.count} ${light.then === 'on' ? 1 : 0}`;
    },
  });
}

/** `toneHz`: of a buzzer that has no tone of its own; 0 switches one that has. */
export function buzzerDevice(id: DeviceId, role: Role, port: string, toneHz: number): Device {
  return cueDevice(id, role, port, {
    digit: 8,
    kind: 'buzzers',
    encode: ({ name, sound }) => {
      if (name === 'off') return 'BUZZ 0 0 0 0';
      return sound === null ? null : `BUZZ ${toneHz} ${sound.onMs} ${sound.offMs} ${sound.count}`;
    },
  });
}

function cueDevice(id: DeviceId, role: Role, port: string, { digit, kind, encode }: Kind): Device {
  const part: Part<CueState> = {
    id,
    role,
    port,
    digit,
    declaration: plainDeclaration(null),
    initial: { tries: 0 },
    beat: () => ({ request: 'BEAT', everyMs: BEAT_MS }),
    lacks: needs(kind, 1),
    met: nothing,
    lost: (state) => state,
    command: (state, command) => {
      const request = command.action === 'cue' ? encode(command.cue) : null;
      return request === null ? { state } : { state: { tries: 1 }, asks: [request] };
    },
    reply: nothing,
    late: (state, { request }) =>
      request === 'BEAT' || request === 'HELLO' || state.tries >= TRIES
        ? { state }
        : { state: { tries: state.tries + 1 }, asks: [request] },
    event: nothing,
    broker: nothing,
    clock: nothing,
    dueMs: () => null,
  };
  return boardDevice(part);
}
