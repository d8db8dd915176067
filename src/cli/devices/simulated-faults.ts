import { z } from 'zod';
import { FAULTS } from '../../../firmware-sim/faults/index.ts';
import type { Channel, FaultWorld } from '../../../firmware-sim/faults/index.ts';
import type { Rig } from '../../../firmware-sim/rig.ts';
import { drawFaults, factsOf } from '../../campaign/draw-faults.ts';
import { drawNamedFaults } from '../../campaign/draw-named.ts';
import type { House } from '../../campaign/house.ts';
import { beginFaults } from '../../campaign/injectors/begin.ts';
import { hardwareOf } from '../../campaign/injectors/hardware.ts';
import { Landmarks } from '../../campaign/landmarks.ts';
import { parseMoment } from '../../campaign/moment.ts';
import type { ScheduledFault } from '../../campaign/scenario.ts';
import type { TraceEvent } from '../../campaign/trace.ts';
import type { Clock, Timer } from '../../clock/clock.ts';
import { NOBODY } from '../../controller/starter.ts';
import { controllerOnBus, DEFAULT_PROTOCOLS, planOf } from '../../main.ts';
import type { Home } from '../../main.ts';
import type { Bus, BusMessage } from '../../model/bus.ts';
import type { CommandWord } from '../../model/command.ts';
import { ConfigError, InvariantError } from '../../model/errors.ts';
import type { StationSettings } from '../../model/station.ts';
import { PHASES, SESSION_STATES } from '../../model/state.ts';
import { Random } from '../../random/random.ts';
import { refuseUnreachable } from '../sim/refusals.ts';
import { faultsOf, refuseUnfit } from '../sim/request.ts';

/** What is broken here: the hardware, its water and its person. The controller and its computer run elsewhere. */
const WITHIN_REACH: ReadonlySet<string> = new Set(
  FAULTS.filter(
    ({ id, class: kind }) =>
      ['valve', 'sensor', 'sense', 'supply', 'port', 'person'].includes(kind) || id === 'bus-stale-command',
  ).map(({ id }) => id),
);

type Place = Pick<House, 'station' | 'clientId'>;

/** What breaks in the nth session of a station, from 1. */
export type FaultDraw = (station: StationSettings, nth: number) => readonly ScheduledFault[];

/**
 * `--faults` as `ebb sim` has it: for each session a draw of its own (all, or names), or the same schedule.
 * @throws ConfigError it is none, or is of what is not simulated here
 */
export function faultDraw(text: string, seed: number, home: Pick<Home, 'config' | 'protocols'>): FaultDraw {
  const { faults, schedule } = faultsOf(text);
  const { clientId } = controllerOnBus(home);
  const places = home.config.stations.map((station): Place => ({ station, clientId }));
  const named = [
    ...(schedule ?? []),
    ...(typeof faults === 'string' ? [] : faults.map((id) => ({ id, args: {} }))),
  ];
  for (const one of named) {
    refuseElsewhere(one.id);
    refuseUnfit(one, places);
  }
  for (const { at } of schedule ?? []) refuseUnseen(at);
  refuseUnreachable(schedule);
  return (station, nth) => {
    const place = { station, clientId };
    if (schedule !== null) return schedule;
    if (faults === 'none') return [];
    if (faults === 'all')
      return drawFaults(seed + nth - 1, place, 'safety', null).filter(({ id }) => WITHIN_REACH.has(id));
    const protocol = DEFAULT_PROTOCOLS[station.kind];
    const planned = planOf(home, { protocol, person: NOBODY, choices: {}, station });
    const plan = 'plan' in planned ? planned.plan : null;
    return drawNamedFaults(seed + nth - 1, faults, factsOf(place), plan, 'safety');
  };
}

function refuseElsewhere(id: string): void {
  if (WITHIN_REACH.has(id)) return;
  throw new ConfigError(
    'usage',
    `${id} is of the controller, its computer or its broker, which run elsewhere`,
    {
      option: '--faults',
      remedy: `"ebb sim --faults ${id}" has it; here there are ${[...WITHIN_REACH].join(', ')}`,
    },
  );
}

/** That nobody came in time, the controller keeps to itself. */
function refuseUnseen(at: string): void {
  if (parseMoment(at)?.from !== 'parked') return;
  throw new ConfigError('usage', `"${at}" cannot be seen from the hardware`, {
    option: '--faults',
    remedy: 'write ready, warm 2 + 10 s, cold 1 + 5 s, change 3, held, end, or a time from the start',
  });
}

/** Of the state object, what moments are counted by. */
const seenSchema = z.object({
  state: z.enum(SESSION_STATES),
  phase: z.enum(PHASES),
  session: z.string().nullable(),
  step: z.object({ cycle: z.number() }).nullable(),
});
const OVER: ReadonlySet<string> = new Set(['complete', 'stopped', 'aborted']);

export interface StationFaultsOptions {
  readonly station: StationSettings;
  readonly clientId: string;
  readonly rig: Rig;
  readonly clock: Clock;
  readonly seed: number;
  /** Where the state of the station is told, and words are said. */
  readonly bus: Bus;
  readonly draw: FaultDraw;
  /** What will break in a session that has begun, and each fault as it begins and ends. */
  readonly planned: (session: string, faults: readonly ScheduledFault[]) => void;
  readonly tell: (event: Extract<TraceEvent, { type: 'fault' }>) => void;
}

/**
 * Breaks the simulated hardware of a station in each session that its controller runs. What a session broke and nothing
 * mended is whole again when the next one begins.
 */
export class StationFaults {
  readonly #options: StationFaultsOptions;
  readonly #timers = new Set<Timer>();
  readonly #topic: string;
  #nth = 0;
  #session: string | null = null;
  #current: { readonly landmarks: Landmarks; readonly mend: () => void } | null = null;
  #ended = true;

  constructor(options: StationFaultsOptions) {
    this.#options = options;
    const { bus, station } = options;
    this.#topic = `ebb/${station.id}/state`;
    bus.onMessage((message) => {
      this.#heard(message);
    });
    bus.subscribe([this.#topic]);
  }

  /** Mends everything. */
  async close(): Promise<void> {
    this.#rest();
    await this.#options.bus.close();
  }

  #rest(): void {
    this.#current?.mend();
    this.#current = null;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #heard({ topic, payload, retained }: BusMessage): void {
    if (topic !== this.#topic) return;
    const seen = seenSchema.safeParse(parse(payload)).data;
    if (seen === undefined) return;
    const { session, state, phase, step } = seen;
    // A session that was under way before us is left alone.
    if (session !== null && session !== this.#session && !retained) this.#begin(session);
    this.#session = session;
    if (this.#ended || this.#current === null) return;
    this.#current.landmarks.state(state, phase, step?.cycle ?? 1);
    if (!OVER.has(state)) return;
    this.#ended = true;
    this.#current.landmarks.reached('end');
  }

  #begin(session: string): void {
    const { clock, station, draw, planned, tell } = this.#options;
    this.#rest();
    this.#nth += 1;
    this.#ended = false;
    const faults = draw(station, this.#nth);
    const landmarks = new Landmarks(clock);
    planned(session, faults);
    this.#current = { landmarks, mend: beginFaults(faults, this.#world(), landmarks, tell) };
    landmarks.reached('at');
  }

  #world(): FaultWorld {
    const { clock, rig, station, clientId, seed, bus } = this.#options;
    const { person } = rig;
    return {
      nowMs: () => clock.nowMs(),
      at: (atMs, act) => {
        const timer = clock.at(atMs, 'fault', () => {
          this.#timers.delete(timer);
          act();
        });
        this.#timers.add(timer);
      },
      random: new Random(seed + this.#nth - 1, 'fault details'),
      facts: factsOf({ station, clientId }),
      hardware: hardwareOf(rig),
      bus: {
        ...{ disturb: elsewhere, cut: elsewhere, restartBroker: elsewhere, takeOver: elsewhere },
        publish: (topic, payload, retain) => {
          bus.publish({ topic, payload, qos: 1, retain });
        },
      },
      time: { stepWall: elsewhere, stall: elsewhere, suspend: elsewhere, early: elsewhere },
      process: { isAlive: elsewhere, crash: elsewhere, crashAt: elsewhere, second: elsewhere },
      disk: { fail: elsewhere, slow: elsewhere, tear: elsewhere },
      person: {
        say: (word, channel) => {
          this.#say(word, channel);
        },
        silent: () => person?.become('silent'),
        leave: () => person?.become('gone'),
        faint: () => person?.become('fainted'),
        recover: () => person?.become('well'),
      },
    };
  }

  /** At a button every word is a press; whatever else is said comes over MQTT, since nobody here has a page. */
  #say(word: CommandWord, channel: Channel): void {
    const { rig, bus, station } = this.#options;
    if (channel === 'button') {
      if (word === 'stop') rig.pressStop();
      else rig.press();
    } else
      bus.publish({ topic: `ebb/${station.id}/set`, payload: JSON.stringify({ command: word }), qos: 1 });
  }
}

/** No fault that is let through lays its hands on what runs elsewhere. */
function elsewhere(): never {
  throw new InvariantError('invariant', 'a fault was begun that is not of simulated hardware');
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return null;
  }
}
