import type { Device, Reading, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { plainDeclaration, plausibleC } from '../support.ts';
import type { Fields } from './codec.ts';
import { celsiusOf, wholeOf } from './codec.ts';
import type { Part } from './talk.ts';
import { boardDevice, needs, nothing } from './talk.ts';

/** The thermistor: told every so often while water is wanted. The board looks at it each 8 ms. */
const TELE_MS = 500;
const THERMISTOR_AGE_MS = 20;
/**
 * The DS18B20 measures for 750 ms and is asked and answers bit by bit: its answer comes each 0.86 s, has an age of 0.84 s
 * then, and stands until the next. It is asked, and told with its age.
 */
const PROBE_MS = 900;
/** While nobody needs it. */
const IDLE_MS = 1_000;

interface ThermometerState {
  readonly sampling: boolean;
  /** When a temperature came last. Monotonic milliseconds. */
  readonly heardAtMs: number;
}

/** A thermometer of the valve board: 1 its thermistor, 2 its DS18B20. */
export function thermometerDevice(id: DeviceId, role: Role, port: string, n: number): Device {
  const thermistor = n === 1;
  const reading = (fields: Fields, takenAtMs: number): readonly Reading[] => {
    const raw = celsiusOf(fields, `t${n}`);
    if (raw === undefined) return [];
    return [{ kind: 'temperature', device: id, valueC: raw === null ? null : plausibleC(raw), takenAtMs }];
  };
  const tele = (sampling: boolean): readonly string[] =>
    thermistor ? [`TELE ${sampling ? TELE_MS : 0}`] : [];
  const part: Part<ThermometerState> = {
    id,
    role,
    port,
    digit: 4 + n,
    declaration: {
      ...plainDeclaration(thermistor ? TELE_MS : PROBE_MS),
      ...(thermistor ? {} : { refreshMs: PROBE_MS }),
    },
    initial: { sampling: false, heardAtMs: 0 },
    beat: ({ sampling }) => ({ request: 'TEMP', everyMs: sampling && !thermistor ? TELE_MS : IDLE_MS }),
    lacks: needs('temps', n),
    met: (state) => ({ state, asks: tele(state.sampling) }),
    lost: (state) => state,
    command: (state, command, atMs) => {
      if (command.action !== 'sample') return { state };
      const asks = command.on ? [...tele(true), 'TEMP'] : tele(false);
      return { state: { sampling: command.on, heardAtMs: atMs }, asks };
    },
    reply: (state, reply, ask, atMs) => {
      if (ask.request !== 'TEMP' || reply.kind === 'err') return { state };
      // It was composed between the question and now; the age counts from the earlier of the two.
      const ageMs = wholeOf(reply.fields, `a${n}`) ?? PROBE_MS;
      const readings = reading(reply.fields, ask.atMs - ageMs);
      // The line lost the telemetry, or the board forgot it.
      const quiet = state.sampling && atMs - state.heardAtMs > 2 * TELE_MS;
      return { state, readings, asks: quiet ? tele(true) : [] };
    },
    late: (state, ask) =>
      ask.request.startsWith('TELE') ? { state, asks: tele(state.sampling) } : { state },
    event: (state, event, atMs) => {
      if (event.name !== 'tele' || !thermistor) return { state };
      return {
        state: { ...state, heardAtMs: atMs },
        readings: reading(event.fields, atMs - THERMISTOR_AGE_MS),
      };
    },
    broker: nothing,
    clock: nothing,
    dueMs: () => null,
  };
  return boardDevice(part);
}
