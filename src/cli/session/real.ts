import { existsSync } from 'node:fs';
import { SystemClock } from '../../clock/system.ts';
import { nowOf } from '../../controller/starter.ts';
import { openHistory } from '../../journal/index.ts';
import { previewOf } from '../../main.ts';
import { ConfigError } from '../../model/errors.ts';
import type { LinkError } from '../../model/errors.ts';
import { connectControl } from '../../transports/control-client.ts';
import type { Context } from '../output.ts';
import type { RunRequest } from './request.ts';
import type { ControllerFile } from './controller-file.ts';
import { runningController } from './controller-file.ts';
import { openController } from './controller.ts';
import { driveSession } from './drive.ts';
import { codeOfSession, foreground, planned, pressKey, quietLog } from './foreground.ts';
import type { Interrupts } from './interrupts.ts';
import { watchInterrupts } from './interrupts.ts';
import { watchKeys } from './keys.ts';
import type { SessionLink } from './link.ts';
import { localLink, remoteLink } from './link.ts';
import { realPace } from './pace.ts';

/** Without `--sim`: at the running controller of this config if there is one, else with one of our own. */
export async function runReal(request: RunRequest, speed: number | null, context: Context): Promise<void> {
  const found = await runningController(request.home.config.journalPath);
  const interrupts = watchInterrupts(context.outputClosed);
  try {
    if (found === null) await runHere(request, speed, interrupts, context);
    else await runThere(request, found, speed, interrupts, context);
  } finally {
    interrupts.close();
  }
}

async function runHere(
  request: RunRequest,
  speed: number | null,
  interrupts: Interrupts,
  context: Context,
): Promise<void> {
  const home = { ...request.home, log: quietLog(context) };
  const pace = realPace();
  const broker: { error: LinkError | null } = { error: null };
  const { running, close } = await openController(home, {
    speed,
    onBrokerError: (error) => {
      broker.error = error;
      pace.nudge();
    },
  });
  try {
    const { history, simulated, clock } = running;
    const past = { history, simulated, now: nowOf(clock) };
    const link = localLink(running, request.station.id);
    await follow({
      request,
      context,
      link,
      pace,
      interrupts,
      past,
      speed: speed ?? 1,
      failure: () => broker.error,
    });
  } finally {
    await close();
  }
}

async function runThere(
  request: RunRequest,
  found: ControllerFile,
  speed: number | null,
  interrupts: Interrupts,
  context: Context,
): Promise<void> {
  const { config } = request.home;
  const client = await connectControl(found.socket);
  const history = existsSync(config.journalPath) ? openHistory(config.journalPath) : null;
  try {
    const link = await remoteLink(client, request.station.id);
    const time = client.time();
    if (speed !== null && speed !== time.speed) {
      throw new ConfigError('usage', `the running controller has the speed ${time.speed}, not ${speed}`);
    }
    const past = {
      history,
      simulated: found.simulated,
      now: { atMs: new SystemClock().nowMs(), wallMs: time.wallMs },
    };
    await follow({
      request,
      context,
      link,
      pace: realPace(),
      interrupts,
      past,
      speed: time.speed,
      failure: () => null,
    });
  } finally {
    history?.close();
    client.close();
  }
}

interface Followed {
  readonly request: RunRequest;
  readonly context: Context;
  readonly link: SessionLink;
  readonly pace: ReturnType<typeof realPace>;
  readonly interrupts: Interrupts;
  readonly past: Parameters<typeof previewOf>[3];
  readonly speed: number;
  readonly failure: () => Error | null;
}

async function follow(followed: Followed): Promise<void> {
  const { request, context, link, pace, interrupts, past, speed } = followed;
  const { home, station, start } = request;
  const screen = foreground(request, context, {
    simulated: past.simulated,
    speed: () => speed,
    nowMs: () => link.nowMs(),
    wallMs: () => link.wallMs(),
  });
  const keys = watchKeys(context, (key) => {
    pressKey(key, link, screen, interrupts);
  });
  try {
    screen.preview(planned(previewOf(home, station, start, past)), null);
    const { failure } = followed;
    const result = await driveSession({
      link,
      pace,
      start,
      interrupts,
      show: screen,
      limitMs: Infinity,
      failure,
    });
    screen.summary(result);
    context.finish(codeOfSession(result));
  } finally {
    keys.close();
    screen.close();
  }
}
