import { DEFAULTS } from '../../../machines/envelope.ts';
import type { SessionPlan } from '../../model/plan.ts';
import { HOUR_MS } from '../../model/units.ts';
import type { DrawnPlant } from '../../../firmware-sim/plant/draw.ts';
import { composeScaled, composeVirtual, previewOf } from '../../main.ts';
import type { Context } from '../output.ts';
import type { RunRequest } from './request.ts';
import type { DrawnFacts } from '../view/index.ts';
import { driveSession } from './drive.ts';
import { codeOfSession, foreground, planned, pressKey, quietLog } from './foreground.ts';
import { watchInterrupts } from './interrupts.ts';
import { watchKeys } from './keys.ts';
import { localLink } from './link.ts';
import { realPace, virtualPace } from './pace.ts';

/** Longer than any session with all its pauses: a virtual world that goes on is a mistake of ours. */
const VIRTUAL_LIMIT_MS = 4 * HOUR_MS;

/** `--sim --speed max`: as fast as it computes, and the same bytes for the same seed. */
export async function runVirtual(request: RunRequest, seed: number, context: Context): Promise<void> {
  const home = { ...request.home, log: quietLog(context) };
  const plan = planOfRequest(request);
  const running = composeVirtual(home, request.station, seed, beginsAt(plan));
  const { clock, rig } = running;
  const link = localLink(running, request.station.id);
  const screen = foreground(
    request,
    { ...context, isTTY: false, colour: context.colour },
    {
      simulated: true,
      speed: () => null,
      nowMs: () => clock.nowMs(),
      wallMs: () => clock.wallMs(),
    },
  );
  // Nothing here waits: a signal ends the process at once, and with it all the water there is.
  const interrupts = { count: 0, onInterrupt: () => undefined };
  screen.preview(plan, drawnFacts(seed, rig.drawn));
  const { start } = request;
  const pace = virtualPace(clock);
  const result = await driveSession({
    link,
    pace,
    start,
    interrupts,
    show: screen,
    limitMs: VIRTUAL_LIMIT_MS,
  });
  screen.summary(result);
  screen.close();
  await running.close();
  context.finish(codeOfSession(result));
}

/** `--sim`: simulated hardware over a loopback broker of its own, in real time times `speed`. */
export async function runScaled(
  request: RunRequest,
  { seed, speed }: { readonly seed: number; readonly speed: number },
  context: Context,
): Promise<void> {
  const interrupts = watchInterrupts(context.outputClosed);
  const home = { ...request.home, log: quietLog(context) };
  const plan = planOfRequest(request);
  const begins = beginsAt(plan);
  const running = await composeScaled(home, request.station, { seed, speed, port: 0, begins });
  try {
    const { clock, rig } = running;
    const link = localLink(running, request.station.id);
    const screen = foreground(request, context, {
      simulated: true,
      speed: () => clock.speed,
      nowMs: () => clock.nowMs(),
      wallMs: () => clock.wallMs(),
    });
    const keys = watchKeys(context, (key) => {
      pressKey(key, link, screen, interrupts);
    });
    // Slow motion is for looking at; nobody waits for the end of it.
    interrupts.onInterrupt(() => {
      clock.speed = Math.max(1, clock.speed);
    });
    try {
      screen.preview(plan, drawnFacts(seed, rig.drawn));
      const { start } = request;
      const pace = realPace();
      const result = await driveSession({ link, pace, start, interrupts, show: screen, limitMs: Infinity });
      screen.summary(result);
      context.finish(codeOfSession(result));
    } finally {
      keys.close();
      screen.close();
    }
  } finally {
    await running.close();
    interrupts.close();
  }
}

function planOfRequest({ home, station, start }: RunRequest): SessionPlan {
  // Nothing of a simulation's past or date counts for what it plans.
  return planned(
    previewOf(home, station, start, { history: null, simulated: true, now: { atMs: 0, wallMs: 0 } }),
  );
}

/** What a change of the water takes at most, for the sum below. */
const CHANGE_MS = 3_000;

/**
 * A session begun at the bath's button lasts at most 15 min, since nobody there can be asked whether all is well (L8);
 * a simulated person who plans a longer one begins it at the page.
 */
function beginsAt({ steps, totals }: SessionPlan): 'button' | 'page' {
  return totals.contactMs + steps.length * CHANGE_MS > DEFAULTS.sessionUnaskedMs ? 'page' : 'button';
}

export function drawnFacts(seed: number, drawn: DrawnPlant): DrawnFacts {
  return { seed, ...drawn };
}
