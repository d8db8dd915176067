import type { Clock } from '../clock/clock.ts';
import type { OpenSession } from '../journal/index.ts';
import type { BusMessage } from '../model/bus.ts';
import type { CommandError, SetCommand, Source } from '../model/command.ts';
import type { Device } from '../model/device.ts';
import type { DeviceId } from '../model/ids.ts';
import { topicMatches } from '../transports/topics.ts';
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

/** Which devices a topic concerns; a button's may be a stop and goes first. */
export interface Route {
  readonly to: readonly DeviceId[];
  readonly urgent: boolean;
}

/** A command is stale after this long on its way to its station. */
const STALE_MS = 5_000;
/** More distinct topics than this, and the routes are worked out anew: topics may come from anywhere. */
const MAX_ROUTES = 1_000;

/** A station with what waits for it. */
export class Slot {
  readonly station: Station;
  readonly queue = new StationQueue<Input>();
  readonly inflow = new Inflow();
  draining = false;
  /** Sessions that a crash cut off and that are not recorded as ended yet. */
  recovering: readonly OpenSession[] = [];
  readonly #devices: readonly Device[];
  readonly #routes = new Map<string, Route>();

  constructor(station: Station, devices: readonly Device[]) {
    this.station = station;
    this.#devices = devices;
  }

  /** Carries a command out, unless it waited too long; a stop never has. */
  command(
    { command, source, sentAtMs }: Extract<Input, { type: 'command' }>,
    clock: Pick<Clock, 'nowMs'>,
  ): CommandError | null {
    const { station } = this;
    const atMs = clock.nowMs();
    const isStop = command.command === 'stop';
    if (!isStop && atMs - sentAtMs > STALE_MS) {
      station.meter.onAnswer(source, 'stale');
      const message = `the command is ${seconds(atMs - sentAtMs)} s old`;
      return withTransaction({ command: command.command, code: 'stale', message }, command.transaction);
    }
    const error = station.command(command, source, atMs);
    if (isStop) station.meter.onStop(clock.nowMs() - sentAtMs);
    return error;
  }

  route(topic: string): Route {
    const known = this.#routes.get(topic);
    if (known !== undefined) return known;
    const concerned = this.#devices.filter(({ topics }) =>
      topics.some((filter) => topicMatches(filter, topic)),
    );
    const route: Route = {
      to: concerned.map(({ id }) => id),
      urgent: concerned.some(({ role }) => role === 'button' || role === 'stop'),
    };
    if (this.#routes.size >= MAX_ROUTES) this.#routes.clear();
    this.#routes.set(topic, route);
    return route;
  }
}
