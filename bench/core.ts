import { session } from '../machines/session.ts';
import { StationCore } from '../src/controller/core.ts';
import { VirtualClock } from '../src/clock/virtual.ts';
import type { Device, DeviceDeclaration, DriverStep, Role } from '../src/model/device.ts';
import { silentLog } from '../src/model/log.ts';
import type { SessionPlan } from '../src/model/plan.ts';
import type { StationSettings } from '../src/model/station.ts';
import { Plant } from '../firmware-sim/plant/plant.ts';
import type { PlantSettings } from '../src/model/station.ts';
import type { RelayPort } from '../firmware-sim/gadgets/ports.ts';

/**
 * A session of the core alone: machines, interlock, watch and the plant, wired as in production (`StationCore`), with
 * devices that act at once and speak no dialect. No bytes, no bus, no journal; a reading each second, as ever.
 */

export const SAMPLE_MS = 1_000;
export const LEASE_MS = 10_000;
export const TRAVEL_MS = 500;
/** From a command to the valve's word, milliseconds. */
export const ANSWER_MS = 20;
/** From the offer of the water to the press, milliseconds. */
export const PRESS_MS = 2_000;

const VALVE: DeviceDeclaration = {
  deadline: 'per-command',
  lease: { minMs: 1, maxMs: 30_000, stepMs: 1, defaultMs: LEASE_MS },
  travelMs: TRAVEL_MS,
  reportMs: 1_000,
  acknowledgesRenewals: true,
  sampleMs: null,
};
const THERMOMETER: DeviceDeclaration = {
  deadline: 'none',
  lease: null,
  travelMs: 0,
  reportMs: 1_000,
  acknowledgesRenewals: false,
  sampleMs: SAMPLE_MS,
};
const NOTHING: DriverStep<Told> = {
  state: null,
  out: [],
  readings: [],
  acks: [],
  faults: [],
  nextDeadlineMs: null,
};

/** What a valve has been told and has not answered yet. */
type Told = { readonly open: boolean; readonly leaseMs: number; readonly answersMs: number } | null;

function device(
  id: string,
  role: Role,
  declaration: DeviceDeclaration,
  step: Device<Told>['step'],
): Device<Told> {
  return {
    id,
    role,
    driver: 'bench',
    declaration,
    topics: [],
    init: () => NOTHING,
    step: (state, input, atMs) =>
      input.type === 'link'
        ? { ...NOTHING, faults: [{ type: 'presence', device: id, online: true }] }
        : step(state, input, atMs),
  };
}

function valve(id: 'hot' | 'cold', port: RelayPort): Device<Told> {
  return device(id, id, VALVE, (told, input, atMs) => {
    if (input.type === 'command') {
      const { command } = input;
      if (command.action === 'sample' || command.action === 'cue') return { ...NOTHING, state: told };
      const open = command.action !== 'close';
      port.set(open);
      const answersMs = atMs + ANSWER_MS;
      const leaseMs = command.action === 'close' ? 0 : command.leaseMs;
      return { ...NOTHING, state: { open, leaseMs, answersMs }, nextDeadlineMs: answersMs };
    }
    if (told === null) return NOTHING;
    if (atMs < told.answersMs) return { ...NOTHING, state: told, nextDeadlineMs: told.answersMs };
    return {
      ...NOTHING,
      readings: [{ kind: 'valve', device: id, status: told.open ? 'open' : 'closed' }],
      acks: told.open ? [{ device: id, leaseMs: told.leaseMs, targetC: null }] : [],
    };
  });
}

export interface Ran {
  /** In the session's own time, milliseconds. */
  readonly tookMs: number;
  readonly contactMs: number;
  readonly dose: number;
}

export function newPlant(seed: number, settings: PlantSettings): { clock: VirtualClock; plant: Plant } {
  const clock = new VirtualClock();
  return { clock, plant: new Plant({ clock, seed, plumbing: 'two-valves', settings }) };
}

export function coreSession(
  station: StationSettings,
  settings: PlantSettings,
  plan: SessionPlan,
  seed: number,
  /** In the place of the compiled session machine. */
  machine: Pick<typeof session, 'step'> = session,
): Ran {
  const { clock, plant } = newPlant(seed, settings);
  const probe = plant.probe('thermometer');
  const devices = [
    valve('hot', plant.valve('hot')),
    valve('cold', plant.valve('cold')),
    device('thermometer', 'thermometer', THERMOMETER, (_, { type }, atMs) =>
      type === 'message'
        ? {
            ...NOTHING,
            // As drivers do: it may have been measured up to a period before it was said.
            readings: [
              {
                kind: 'temperature',
                device: 'thermometer',
                valueC: probe.read(),
                takenAtMs: atMs - SAMPLE_MS,
              },
            ],
          }
        : NOTHING,
    ),
  ];
  const asked: number[] = [];
  const outcomes: string[] = [];
  const nothing = (): void => undefined;
  const core = new StationCore(
    station,
    devices,
    {
      publish: nothing,
      record: nothing,
      askJournal: (token) => asked.push(token),
      news: nothing,
      ended: (how) => outcomes.push(how),
      button: nothing,
    },
    silentLog,
    0,
  );
  core.machine = machine;
  core.broker(true, 0);
  core.beginSums(false, { cycles: plan.cycles, doseBefore: 0 }, 0);
  const request = { id: 'bench', plan, person: null, dry: false };
  core.sessionEvent({ type: 'start', request, source: 'button', atMs: 0 });
  let [sampleMs, pressMs, atMs, pressed] = [SAMPLE_MS, Infinity, 0, false];
  while (outcomes.length === 0 && atMs < 3_600_000) {
    for (let token = asked.shift(); token !== undefined; token = asked.shift())
      core.journalled(token, true, atMs);
    if (!pressed && core.sessionState === 'starting.ready') {
      pressed = true;
      pressMs = atMs + PRESS_MS;
    }
    atMs = Math.min(sampleMs, pressMs, core.deadlineMs() ?? Infinity);
    clock.runUntil(atMs);
    if (atMs === pressMs) {
      pressMs = Infinity;
      core.sessionEvent({ type: 'begin', source: 'button', atMs });
    } else if (atMs === sampleMs) {
      sampleMs += SAMPLE_MS;
      core.message({ topic: 't', payload: '', retained: false }, ['thermometer'], atMs);
    } else core.clock(atMs);
  }
  if (outcomes[0] !== 'complete')
    throw new Error(
      `the core's session of seed ${seed} ended as ${String(outcomes[0])}: ${core.lastTrip?.message ?? ''}`,
    );
  return { tookMs: atMs, contactMs: core.tally.contactMs, dose: core.tally.dose };
}
