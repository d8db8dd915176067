import { SystemClock } from '../../clock/system.ts';
import { exitCodeOf } from '../../controller/index.ts';
import type { Planned } from '../../controller/index.ts';
import { RefusedError } from '../../model/errors.ts';
import type { Log } from '../../model/log.ts';
import type { SessionPlan } from '../../model/plan.ts';
import type { SessionResult, StateObject } from '../../model/state.ts';
import type { StationSettings } from '../../model/station.ts';
import type { Context } from '../output.ts';
import type { RunRequest } from './request.ts';
import { createView, jsonLines } from '../view/index.ts';
import type { DrawnFacts, LiveView } from '../view/index.ts';
import type { Show } from './drive.ts';
import type { Interrupts } from './interrupts.ts';
import { CTRL_C } from './keys.ts';
import type { SessionLink } from './link.ts';

/** What is told of a session in the foreground, for people or for programs. */
export interface Foreground extends Show {
  preview(plan: SessionPlan, drawn: DrawnFacts | null): void;
  /** A line of whoever shows the session; programs are not told. */
  say(text: string): void;
  summary(result: SessionResult | null): void;
  close(): void;
}

export interface ForegroundOptions {
  readonly simulated: boolean;
  /** null where it has no meaning (`max`); read again at each redraw. */
  readonly speed: () => number | null;
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  /** The last line of the live view, where it is not the usual one. */
  readonly keys?: string;
}

/** How often the countdown is redrawn. */
const REDRAW_MS = 200;

export function foreground(
  {
    home,
    station,
    json,
    start,
  }: Pick<RunRequest, 'home' | 'station' | 'json'> & Partial<Pick<RunRequest, 'start'>>,
  context: Context,
  options: ForegroundOptions,
): Foreground {
  const dry = start?.dry === true;
  return json ? programLines(context) : liveView(home.config, station, dry, context, options);
}

function programLines({ stdout }: Context): Foreground {
  const lines = jsonLines(stdout);
  return {
    preview: (_plan, drawn) => {
      if (drawn !== null) lines.plant(drawn);
    },
    started: (atMs) => {
      lines.started(atMs);
    },
    news: (news, atMs) => {
      lines.news(news, atMs);
    },
    say: () => undefined,
    summary: () => undefined,
    close: () => undefined,
  };
}

function liveView(
  config: RunRequest['home']['config'],
  station: StationSettings,
  dry: boolean,
  context: Context,
  options: ForegroundOptions,
): Foreground {
  const view = createView({
    out: context.stdout,
    isTTY: context.isTTY,
    colour: context.colour,
    columns: () => context.columns,
    unit: config.temperatureUnit,
    simulated: options.simulated,
    get speed() {
      return options.speed();
    },
    nowMs: options.nowMs,
    wallMs: options.wallMs,
    bell: !station.devices.some(({ role }) => role === 'light' || role === 'buzzer'),
    ...(options.keys === undefined ? {} : { keys: options.keys }),
  });
  const ticker = context.isTTY ? tickEvery(view) : null;
  return {
    preview: (plan, drawn) => {
      const guest = !options.simulated && !dry && config.people.length === 0;
      view.preview(plan, { station: station.name, guest, dry, drawn });
    },
    started: () => undefined,
    news: (news, atMs) => {
      view.news(news, atMs);
    },
    say: (text) => {
      view.say(text, options.nowMs());
    },
    summary: (result) => {
      if (result !== null) view.summary(result);
    },
    close: () => {
      ticker?.stop();
      view.close();
    },
  };
}

function tickEvery(view: LiveView): { stop(): void } {
  const clock = new SystemClock();
  const next = () =>
    clock.at(clock.nowMs() + REDRAW_MS, 'redraw', () => {
      view.tick();
      timer = next();
    });
  let timer = next();
  return {
    stop: () => {
      timer.cancel();
    },
  };
}

/** @throws RefusedError where it cannot run so */
export function planned(plan: Planned): SessionPlan {
  if ('plan' in plan) return plan.plan;
  throw new RefusedError(plan.refusal.code, plan.refusal.message);
}

/** What a key means right now, as a person in front of a terminal presses it. */
export function pressKey(key: string, link: SessionLink, show: Show, interrupts: Interrupts): void {
  if (key === CTRL_C) {
    interrupts.interrupt();
    return;
  }
  const command = commandOf(key, link.state());
  if (command === null) return;
  link.send({ command }).then(
    ({ error }) => {
      if (error !== null) show.news({ type: 'event', event: 'refused', detail: { ...error } }, link.nowMs());
    },
    // The controller went away: whoever follows the session says so.
    () => undefined,
  );
}

function commandOf(
  key: string,
  { prompt, state, phase, valves, dry }: StateObject,
): 'begin' | 'answer' | 'pause' | 'resume' | 'stop' | null {
  switch (key) {
    case '\r':
    case ' ':
      if (prompt !== null) return 'answer';
      if (state === 'held') return 'resume';
      if (dry === true) return null;
      // Where nothing runs the person moves, and says so.
      if (phase === 'changing' && Object.keys(valves).length === 0) return 'begin';
      return state === 'starting' || state === 'restarting' ? 'begin' : null;
    case 'p':
      return 'pause';
    case 'r':
      return 'resume';
    case 's':
      return 'stop';
    default:
      return null;
  }
}

/** A session that was interrupted before it began, or did not end in order, was stopped by a person. */
export function codeOfSession(result: SessionResult | null): 0 | 3 | 4 {
  return result === null ? 3 : exitCodeOf(result.outcome);
}

/** The log beside a live view: what goes as it should is on the screen already. */
export function quietLog(context: Context): Log {
  const log = context.sharedLog();
  if ((context.env['EBB_LOG_LEVEL'] ?? '') !== '') return log;
  const nothing = (): void => undefined;
  return {
    debug: nothing,
    info: nothing,
    warn: (fields, message) => {
      log.warn(fields, message);
    },
    error: (fields, message) => {
      log.error(fields, message);
    },
  };
}
