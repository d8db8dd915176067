import { composeDesk } from '../../simulated-desk.ts';
import type { News } from '../../controller/index.ts';
import type { DeskSettings, DeskState, Guide, GuideResult } from '../../model/desk.ts';
import { InvariantError, RefusedError } from '../../model/errors.ts';
import type { LinkError } from '../../model/errors.ts';
import { HOUR_MS, formatDuration } from '../../model/units.ts';
import { VirtualClock } from '../../clock/virtual.ts';
import { connectControl } from '../../transports/control-client.ts';
import type { Context, LoadedHome } from '../output.ts';
import { whoLines } from '../view/guide.ts';
import { jsonLines } from '../view/index.ts';
import { runningController } from './controller-file.ts';
import { openController } from './controller.ts';
import type { DeskLink } from './desk-link.ts';
import { localDesk, remoteDesk } from './desk-link.ts';
import { knownCode } from './drive.ts';
import { quietLog } from './foreground.ts';
import type { Interrupts } from './interrupts.ts';
import { watchInterrupts } from './interrupts.ts';
import { CTRL_C, watchKeys } from './keys.ts';
import type { Pace } from './pace.ts';
import { realPace, virtualPace } from './pace.ts';

/** One exercise at a desk, led in the foreground. */
export interface GuideRequest {
  readonly home: LoadedHome;
  readonly desk: DeskSettings;
  readonly guide: Guide;
  readonly json: boolean;
}

interface Led {
  readonly link: DeskLink;
  readonly pace: Pace;
  readonly interrupts: Pick<Interrupts, 'count' | 'onInterrupt'>;
  readonly nowMs: () => number;
}

/** Longer than any exercise with its press. */
const LIMIT_MS = 2 * HOUR_MS;

/** `--sim`: on simulated devices, with somebody who presses when all was led. */
export async function guideSimulated(
  request: GuideRequest,
  { seed, speed }: { readonly seed: number; readonly speed: number | 'max' },
  context: Context,
): Promise<void> {
  const home = { ...request.home, log: quietLog(context) };
  const world = composeDesk(home, request.desk, { seed, speed });
  const { clock } = world;
  const interrupts = watchInterrupts(context.outputClosed);
  const pace = clock instanceof VirtualClock ? virtualPace(clock) : realPace();
  try {
    await lead(
      request,
      { link: localDesk(world, request.desk.id), pace, interrupts, nowMs: () => clock.nowMs() },
      context,
    );
  } finally {
    interrupts.close();
    await world.close();
  }
}

/** At the running controller of this config if there is one, else with one of our own. */
export async function guideReal(request: GuideRequest, context: Context): Promise<void> {
  const found = await runningController(request.home.config.journalPath);
  const interrupts = watchInterrupts(context.outputClosed);
  const pace = realPace();
  try {
    if (found === null) {
      const { running, close } = await openController(
        { ...request.home, log: quietLog(context) },
        { speed: null },
      );
      const link = localDesk(running, request.desk.id);
      const nowMs = (): number => running.clock.nowMs();
      // Its devices are told nothing before the broker is there.
      await pace.until(() => running.controller.busUp, BROKER_MS);
      try {
        await lead(request, { link, pace, interrupts, nowMs }, context);
      } finally {
        await close();
      }
    } else {
      const client = await connectControl(found.socket);
      try {
        const link = await remoteDesk(client, request.desk.id);
        await lead(request, { link, pace, interrupts, nowMs: () => client.time().nowMs }, context);
      } finally {
        client.close();
      }
    }
  } finally {
    interrupts.close();
  }
}

const BROKER_MS = 5_000;

async function lead(request: GuideRequest, led: Led, context: Context): Promise<void> {
  const { link, pace, interrupts } = led;
  const heard: {
    result: { readonly result: GuideResult; readonly atMs: number } | null;
    /** The state that follows the result was told. */
    settled: boolean;
    lost: LinkError | null;
  } = { result: null, settled: false, lost: null };
  const show = request.json ? programLines(context) : peopleLines(request, context);
  link.listen((news, atMs) => {
    // The result is the last word, after the last state.
    if (news.type === 'guide') heard.result = { result: news.result, atMs };
    else show.news(news, atMs);
    if (news.type === 'desk' && heard.result !== null) heard.settled = true;
    pace.nudge();
  });
  link.onLost((error) => {
    heard.lost = error;
    pace.nudge();
  });
  interrupts.onInterrupt(() => {
    pace.nudge();
  });
  const keys = watchKeys(context, (key) => {
    if (key === CTRL_C) void link.send({ command: 'stop' });
    else if (key === '\r' || key === ' ') void link.send({ command: 'ack' });
  });
  try {
    show.started(led.nowMs());
    const error = await link.send({ command: 'start', protocol: request.guide.protocol });
    if (error !== null) throw new RefusedError(knownCode(error.code), error.message);
    const over = (): boolean => heard.result !== null || heard.lost !== null;
    await pace.until(() => over() || interrupts.count > 0, LIMIT_MS);
    if (!over()) await link.send({ command: 'stop' });
    await pace.until(over, STOP_MS);
    await pace.until(() => heard.settled || heard.lost !== null, STOP_MS);
  } finally {
    keys.close();
  }
  if (heard.result === null) {
    if (heard.lost !== null) throw heard.lost;
    throw new InvariantError('invariant', 'the exercise did not come to an end');
  }
  const { result, atMs } = heard.result;
  show.news({ type: 'guide', result }, atMs);
  context.finish(result.outcome === 'complete' ? 0 : 3);
}

const STOP_MS = 2_000;

interface Show {
  started(atMs: number): void;
  news(news: News, atMs: number): void;
}

function programLines({ stdout }: Context): Show {
  const lines = jsonLines(stdout);
  return {
    started: (atMs) => {
      lines.started(atMs);
    },
    news: (news, atMs) => {
      lines.news(news, atMs);
    },
  };
}

/** One line for each step, each beat and the end; a bell where the desk has neither light nor buzzer. */
function peopleLines({ guide, desk }: GuideRequest, context: Context): Show {
  const bell = !desk.devices.some(({ role }) => role === 'light' || role === 'buzzer') && context.isTTY;
  let [said, index, cycle] = ['', -1, 0];
  const state = ({ message, step, session, simulated }: DeskState): void => {
    if (session === null) return;
    const again = step !== null && step.index === index && step.cycle !== cycle;
    const isNew = message !== null && message !== said;
    if (again) context.print(`  ${step.cycle} of ${step.cycles}`);
    if (isNew) context.print(`${simulated ? 'SIMULATED  ' : ''}${message}`);
    if (bell && (again || isNew)) context.stdout.write('\u0007');
    [said, index, cycle] = [message ?? '', step?.index ?? -1, step?.cycle ?? 0];
  };
  return {
    started: () => {
      context.print(`${guide.title} at ${desk.name}`);
      for (const line of guide.steps.map(stepLine)) context.print(`  ${line}`);
      for (const line of whoLines(guide)) context.print(line);
      context.print('Enter or the button when you are done; Ctrl-C stops.');
    },
    news: (news) => {
      if (news.type === 'desk') state(news.state);
      if (news.type === 'guide') context.print(endText(news.result));
    },
  };
}

function stepLine(step: Guide['steps'][number]): string {
  switch (step.kind) {
    case 'count':
      return `${step.say} ${step.count} times, ${formatDuration(step.eachMs)} each`;
    case 'timer':
      return `${step.say} ${formatDuration(step.durationMs)}`;
    case 'breath': {
      const { count, inMs, holdMs, outMs } = step;
      const hold = holdMs === 0 ? '' : `hold ${formatDuration(holdMs)}, `;
      return `${step.say} ${count} times: in ${formatDuration(inMs)}, ${hold}out ${formatDuration(outMs)}`;
    }
  }
}

function endText({ reason, repetitions, source, simulated }: GuideResult): string {
  const what =
    reason === 'completed'
      ? `Done, and counted${repetitions === 1 ? '' : `: ${repetitions} repetitions`}, said by ${source ?? 'nobody'}.`
      : reason === 'no_answer'
        ? 'Nobody pressed, so it does not count.'
        : 'Stopped.';
  return `${simulated ? 'SIMULATED  ' : ''}${what}`;
}
