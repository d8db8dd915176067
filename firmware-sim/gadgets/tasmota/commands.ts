import type { BuzzerPort } from '../ports.ts';
import { leadingNumber, stateNumber, type Command } from './command.ts';
import { powerState, type Relays } from './relays.ts';
import type { Settings } from './settings.ts';

/** What a command may touch. */
export interface Box {
  readonly relays: Relays;
  readonly settings: Settings;
  readonly buzzer: BuzzerPort | null;
  readonly sensor: () => Readonly<Record<string, unknown>>;
  /** Publish STATE and SENSOR after this many milliseconds, then every period. */
  readonly tele: (afterMs: number) => void;
  /** What `tele/<t>/STATE` says. */
  readonly state: () => Reply;
  readonly status: (number: number, body: Reply) => void;
  readonly time: () => string;
}

export type Reply = Readonly<Record<string, unknown>>;
/** What goes to `stat/<topic>/RESULT`; null where the command has published by itself. */
type Handler = (box: Box, command: Command) => Reply | null;

/** A command that exists, called in a way it does not take. */
const ERROR: Reply = { Command: 'Error' };
const UNKNOWN: Reply = { Command: 'Unknown' };

function onOff(on: boolean): 'ON' | 'OFF' {
  return on ? 'ON' : 'OFF';
}

function power({ relays }: Box, { index, payload }: Command): Reply | null {
  if (index !== 0 && !relays.has(index)) return ERROR;
  relays.power(index, powerState(payload));
  return null;
}

function timedPower({ relays }: Box, { index, indexGiven, data, payload }: Command): Reply | null {
  if (index !== 0 && !relays.has(index)) return ERROR;
  if (data === '') {
    if (!indexGiven) return { TimedPower: relays.pending().length > 0 ? relays.pending() : 'Empty' };
    relays.clearTimed(index);
    return { TimedPower: 'Done' };
  }
  const comma = data.indexOf(',');
  const second = comma < 0 ? undefined : data.slice(comma + 1).split(',', 1)[0];
  const state = second === undefined ? 1 : (stateNumber(second) ?? leadingNumber(second) ?? 0) & 3;
  // Blinking (3) is beyond what is simulated here.
  relays.timed(index, payload ?? 0, state === 0 || state === 2 ? state : 1);
  return null;
}

function pulseTime({ relays }: Box, { index, indexGiven, data, payload }: Command): Reply | null {
  if (data === '' && !indexGiven) {
    const all = Array.from({ length: relays.count }, (_, place) => relays.pulse(place + 1));
    return { PulseTime: { Set: all.map((each) => each.Set), Remaining: all.map((each) => each.Remaining) } };
  }
  if (!relays.has(index)) return ERROR;
  if (payload !== null && payload >= 0 && payload < 65_536) relays.setPulse(index, payload);
  return { [`PulseTime${index}`]: relays.pulse(index) };
}

function setOption({ settings }: Box, { index, data, payload }: Command): Reply | null {
  if (index > 177) return ERROR;
  if (data !== '' && payload !== null && payload >= 0 && !settings.setOption(index, payload)) return ERROR;
  const value = settings.option(index);
  return { [`SetOption${index}`]: index >= 32 && index <= 49 ? value : onOff(value === 1) };
}

function powerOnState({ settings }: Box, { payload }: Command): Reply {
  if (payload !== null && payload >= 0 && payload <= 5) settings.powerOnState = payload;
  return { PowerOnState: settings.powerOnState };
}

function powerRetain({ settings }: Box, { payload }: Command): Reply {
  if (payload === 0 || payload === 1) settings.powerRetain = payload === 1;
  return { PowerRetain: onOff(settings.powerRetain) };
}

function telePeriod({ settings, tele }: Box, { payload }: Command): Reply {
  if (payload !== null && payload >= 0 && payload <= 3_600) settings.setTelePeriod(payload);
  // The counter is set to its end, so that the loop of the next second publishes, also on an empty command.
  tele(1_000);
  return { TelePeriod: settings.telePeriodS };
}

function interlock({ relays }: Box, { data, payload }: Command): Reply {
  if (relays.count < 2) return { Interlock: 'OFF' };
  if (data.includes(',')) {
    relays.interlockGroups = data
      .trim()
      .split(/\s+/)
      .map((group) =>
        group
          .split(',')
          .map(Number)
          .filter((relay) => relays.has(relay)),
      );
  } else if (payload === 0 || payload === 1) relays.interlock = payload === 1;
  const all = Array.from({ length: relays.count }, (_, place) => place + 1);
  const groups = relays.interlockGroups.length > 0 ? relays.interlockGroups : [all];
  return { Interlock: onOff(relays.interlock), Groups: groups.map((group) => group.join(',')).join(' ') };
}

function status(box: Box, { payload }: Command): Reply | null {
  // `Status 8` is the older name of the same answer.
  if (payload !== 8 && payload !== 10 && payload !== 11) return ERROR;
  box.status(payload, payload === 11 ? { StatusSTS: box.state() } : { StatusSNS: box.sensor() });
  return null;
}

function buzzer({ buzzer: port }: Box, { data }: Command): Reply {
  if (port === null) return UNKNOWN;
  const [count = 1, beep = 1, silence = 1] =
    data === '' ? [] : data.split(/[, ]+/).map((part) => leadingNumber(part) ?? 0);
  const times = count < 0 ? Infinity : count;
  port.beep(times, Math.max(1, beep) * 100, Math.max(1, silence) * 100);
  return { Buzzer: 'Done' };
}

const COMMANDS: Readonly<Record<string, Handler>> = {
  power,
  timedpower: timedPower,
  pulsetime: pulseTime,
  setoption: setOption,
  so: setOption,
  poweronstate: powerOnState,
  powerretain: powerRetain,
  teleperiod: telePeriod,
  interlock,
  status,
  buzzer,
  backlog: () => ({ Backlog: 'Empty' }),
};

/** Carries a command out; the reply is for `stat/<topic>/RESULT`. */
export function answer(box: Box, command: Command): Reply | null {
  const handler = Object.hasOwn(COMMANDS, command.word) ? COMMANDS[command.word] : undefined;
  return handler === undefined ? UNKNOWN : handler(box, command);
}
