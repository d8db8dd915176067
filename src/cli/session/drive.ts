import type { News } from '../../controller/index.ts';
import type { CommandError, SetCommand } from '../../model/command.ts';
import { ERROR_CODES, InvariantError, LinkError, RefusedError } from '../../model/errors.ts';
import type { ErrorCode } from '../../model/errors.ts';
import type { SessionResult } from '../../model/state.ts';
import type { Interrupts } from './interrupts.ts';
import type { SessionLink } from './link.ts';
import type { Pace } from './pace.ts';

/** Where the news of a session go: the live view, or lines of JSON. */
export interface Show {
  /** The start was accepted; monotonic, in the controller's time. */
  started(atMs: number): void;
  news(news: News, atMs: number): void;
}

export interface Drive {
  readonly link: SessionLink;
  readonly pace: Pace;
  readonly start: Extract<SetCommand, { command: 'start' }>;
  readonly interrupts: Pick<Interrupts, 'count' | 'onInterrupt'>;
  readonly show: Show;
  /** How long a session may take: Infinity where real people decide, bounded in virtual time. */
  readonly limitMs: number;
  /** A reason to give up before the start: the broker does not answer. */
  readonly failure?: () => Error | null;
}

/** How long the devices of a station may take to answer. */
const READY_MS = 15_000;
/** From a stop to the valves being verified closed. */
const STOP_MS = 4_000;
/** From the session's end to the last state of it. */
const SETTLE_MS = 1_000;
const AT_REST: ReadonlySet<string> = new Set(['idle', 'complete', 'stopped', 'aborted']);

/**
 * Starts a session and follows it to its end. null: it was interrupted before it started, or twice before it ended.
 * @throws LinkError where a device or the controller does not answer; RefusedError where the start is refused
 */
export async function driveSession(drive: Drive): Promise<SessionResult | null> {
  const { link, pace, interrupts, show } = drive;
  const heard: Heard = { changes: 0, startedMs: null, waiting: [], result: null, lost: null };
  const unlisten = link.listen((news, atMs) => {
    if (news.type === 'event' || news.type === 'state' || news.type === 'result') heard.changes += 1;
    // The result is the last word, after the last state.
    if (news.type === 'result') heard.result = { result: news.result, atMs };
    else if (heard.startedMs === null) heard.waiting.push({ news, atMs });
    else show.news(news, atMs);
    pace.nudge();
  });
  link.onLost((error) => {
    heard.lost = error;
    pace.nudge();
  });
  interrupts.onInterrupt(() => {
    pace.nudge();
  });
  try {
    if (!(await start(drive, heard))) return null;
    await pace.until(
      () => heard.result !== null || heard.lost !== null || interrupts.count > 0,
      drive.limitMs,
    );
    return await finish(drive, heard);
  } finally {
    unlisten();
  }
}

interface Heard {
  /** Counts what may make a refused start possible. */
  changes: number;
  /** When the start was accepted, in the controller's time. */
  startedMs: number | null;
  /** What came before the answer to the start, and may have come of it. */
  waiting: { readonly news: News; readonly atMs: number }[];
  result: { readonly result: SessionResult; readonly atMs: number } | null;
  lost: LinkError | null;
}

/** Waits until every device answers, and starts. False: interrupted meanwhile. */
async function start(drive: Drive, heard: Heard): Promise<boolean> {
  const { link, pace, interrupts } = drive;
  const over = (): boolean =>
    interrupts.count > 0 || heard.lost !== null || (drive.failure?.() ?? null) !== null;
  const endMs = link.nowMs() + READY_MS;
  await pace.until(() => link.missing().length === 0 || over(), READY_MS);
  for (;;) {
    const failure = heard.lost ?? drive.failure?.() ?? null;
    if (failure !== null) throw failure;
    if (interrupts.count > 0) return false;
    const missing = link.missing();
    if (missing.length > 0) throw notThere(missing);
    const before = heard.changes;
    heard.result = null;
    heard.waiting = [];
    const { error, atMs } = await link.send(drive.start);
    if (error === null) {
      heard.startedMs = atMs;
      drive.show.started(atMs);
      for (const one of heard.waiting) if (one.atMs >= atMs) drive.show.news(one.news, one.atMs);
      return true;
    }
    const leftMs = endMs - link.nowMs();
    const again = error.code === 'not_ready' && leftMs > 0;
    if (!again || !(await pace.until(() => heard.changes > before || over(), leftMs))) throw refused(error);
  }
}

function notThere(missing: readonly string[]): LinkError {
  const names = missing.join(' and ');
  return new LinkError(
    'not_ready',
    `${names} did not answer within ${READY_MS / 1_000} s; no valve was opened`,
    { devices: names, remedy: 'check power, network and the topics in the config' },
  );
}

/** The refusal of a controller, as the error it is here: what is not there is not the person's fault. */
function refused(error: CommandError): RefusedError | LinkError {
  const { message } = error;
  const code = knownCode(error.code);
  return code === 'not_ready' ? new LinkError(code, message) : new RefusedError(code, message);
}

/** The code of a refusal, if this version knows it. */
export function knownCode(code: string): ErrorCode {
  const known = Object.keys(ERROR_CODES).find((one): one is ErrorCode => one === code);
  return known ?? 'bad_command';
}

/** Stops where somebody asked for it, and waits for the valves. */
async function finish(drive: Drive, heard: Heard): Promise<SessionResult | null> {
  const { link, pace, interrupts } = drive;
  if (heard.result === null && interrupts.count > 0) {
    await link.send({ command: 'stop' });
    await pace.until(() => heard.result !== null || heard.lost !== null || interrupts.count > 1, STOP_MS);
  }
  const { result, lost } = heard;
  if (result === null) {
    if (lost !== null) throw lost;
    if (interrupts.count > 0) return null;
    throw new InvariantError('invariant', 'the session did not come to an end');
  }
  await pace.until(() => AT_REST.has(link.state().state), SETTLE_MS);
  drive.show.news({ type: 'result', result: result.result }, Math.max(result.atMs, link.nowMs()));
  return result.result;
}
