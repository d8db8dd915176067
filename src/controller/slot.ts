import type { Clock } from '../clock/clock.ts';
import type { OpenSession } from '../journal/index.ts';
import type { BusMessage } from '../model/bus.ts';
import type { CommandError, SetCommand, Source } from '../model/command.ts';
import { messageOf } from '../model/errors.ts';
import type { DeviceId } from '../model/ids.ts';
import type { Log } from '../model/log.ts';
import { Glance } from './glance.ts';
import { Inflow } from './inflow.ts';
import { withTransaction } from './parse.ts';
import { StationQueue } from './queue.ts';
import { seconds } from './records.ts';
import type { Station } from './station.ts';

/** What waits in a station's queue. */
export type Input =
  | { readonly type: 'message'; readonly message: BusMessage; readonly to: readonly DeviceId[] }
  | { readonly type: 'link'; readonly up: boolean }
  | { readonly type: 'journalled'; readonly token: number; readonly ok: boolean }
  | { readonly type: 'clock' }
  | {
      readonly type: 'command';
      readonly command: SetCommand;
      readonly source: Source;
      readonly sentAtMs: number;
      readonly answer: (error: CommandError | null) => void;
    };

export type Asked = Extract<Input, { type: 'command' }>;

/** A command is stale after this long on its way to its station. */
const STALE_MS = 5_000;
/** A station with what waits for it. */
export class Slot {
  readonly station: Station;
  readonly queue = new StationQueue<Input>();
  readonly inflow = new Inflow();
  draining = false;
  /** Sessions that a crash cut off and that are not recorded as ended yet. */
  recovering: readonly OpenSession[] = [];
  /** When it wants to be woken, as it was when it last moved. Nothing moves it but what goes through its queue. */
  dueMs = Infinity;
  /** The same without the messages that wait for their turn. */
  coreDueMs = Infinity;
  readonly glance = new Glance();

  constructor(station: Station) {
    this.station = station;
  }

  /** To be called whenever the station may have moved. */
  lookAhead(nowMs: number): void {
    this.coreDueMs = this.station.deadlineMs(nowMs) ?? Infinity;
    this.dueMs = Math.min(this.coreDueMs, this.inflow.dueMs ?? Infinity);
  }

  /** Acts on one input. `stale`: a command waited too long, which is recorded nowhere yet. */
  take(input: Input, clock: Pick<Clock, 'nowMs'>, stale: (asked: Asked, error: CommandError) => void): void {
    const atMs = clock.nowMs();
    const core = this.station.at(atMs);
    switch (input.type) {
      case 'message':
        core.message(input.message, input.to, atMs);
        return;
      case 'link':
        core.broker(input.up, atMs);
        return;
      case 'journalled':
        core.journalled(input.token, input.ok, atMs);
        return;
      case 'clock':
        core.clock(atMs);
        return;
      case 'command': {
        const error = this.command(input, clock);
        // The station records what it refuses itself.
        if (error?.code === 'stale') stale(input, error);
        input.answer(error);
        return;
      }
    }
  }

  /** Carries a command out, unless it waited too long; a stop never has. */
  command({ command, source, sentAtMs }: Asked, clock: Pick<Clock, 'nowMs'>): CommandError | null {
    const { station } = this;
    const atMs = clock.nowMs();
    const isStop = command.command === 'stop';
    // Nor has a symptom: it is as true as it was, and the water may still run.
    if (!isStop && command.command !== 'report' && atMs - sentAtMs > STALE_MS) {
      station.meter.onAnswer(source, 'stale');
      const message = `the command is ${seconds(atMs - sentAtMs)} s old`;
      return withTransaction({ command: command.command, code: 'stale', message }, command.transaction);
    }
    const error = station.command(command, source, atMs);
    if (isStop) station.meter.onStop(clock.nowMs() - sentAtMs);
    return error;
  }
}

/** Our own mistake: the water closes, and the station needs a person. */
export function closeAfterMistake(
  { station }: Slot,
  input: Input,
  error: unknown,
  atMs: number,
  log: Log,
): void {
  const message = `internal error: ${messageOf(error)}; the water is being closed`;
  log.error({ station: station.settings.id, error }, message);
  try {
    station.core.stop('cli', atMs);
  } catch (again) {
    log.error({ error: again }, 'the close after an internal error failed; the leases close the valves');
  }
  // Whoever asked must not wait for ever.
  if (input.type === 'command') input.answer({ command: input.command.command, code: 'invariant', message });
}

/** At most 1.5 s for the valves to say that they are closed, so that the journal can tell how it ended. */
export function untilClosed(clock: Clock, slots: Iterable<Slot>, isUp: () => boolean): Promise<void> {
  const all = [...slots];
  const endMs = clock.nowMs() + 1_500;
  return new Promise((resolve) => {
    const look = (): void => {
      const over = all.every(({ station }) => station.resting);
      if (over || !isUp() || clock.nowMs() >= endMs) resolve();
      else clock.at(clock.nowMs() + 20, 'closing', look);
    };
    look();
  });
}
