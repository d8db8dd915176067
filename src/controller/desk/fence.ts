import type { Log } from '../../model/log.ts';
import type { DeskState } from '../../model/desk.ts';
import { messageOf } from '../../model/errors.ts';
import type { StationId } from '../../model/ids.ts';
import { Inflow } from '../inflow.ts';
import type { Now } from '../starter.ts';
import type { Desk } from './desk.ts';
import { deskState } from './desk-state.ts';

export interface FenceHost {
  readonly log: Log;
  readonly simulated: boolean;
  now(): Now;
  /** The state object is another one. */
  tell(state: DeskState): void;
}

const OVER =
  'Ebb made a mistake at this desk and reminds here no more; everything else goes on. Its log says what it was: please report that, and restart Ebb.';

/**
 * A desk, and the fence around it: whatever it throws, at any door, ends this desk alone. It is logged, its cues go out,
 * its state says so, and nothing of it reaches the controller, which has water to look after.
 */
export class FencedDesk {
  readonly id: StationId;
  readonly inflow = new Inflow();
  readonly #host: FenceHost;
  #desk: Desk | null = null;
  #isOver = false;
  #told = '';

  constructor(id: StationId, make: () => Desk, host: FenceHost) {
    this.id = id;
    this.#host = host;
    try {
      this.#desk = make();
    } catch (error) {
      this.#end(error);
    }
  }

  /** For whoever looks; null: it could not even begin. */
  get desk(): Desk | null {
    return this.#desk;
  }

  /** It ended by a mistake of ours. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** When it wants to be woken, monotonic; Infinity: never. */
  get dueMs(): number {
    return Math.min(
      this.#guard(() => this.#desk?.deadlineMs() ?? Infinity) ?? Infinity,
      this.inflow.dueMs ?? Infinity,
    );
  }

  wake(nowMs: number): void {
    const dueMs = this.#guard(() => this.#desk?.deadlineMs() ?? Infinity) ?? Infinity;
    if (dueMs <= nowMs)
      this.act((desk, now) => {
        desk.clock(now);
      });
  }

  /** Does something at the desk, and tells its state if that is another one; null: it is over, or is so now. */
  act<Result>(act: (desk: Desk, now: Now) => Result): Result | null {
    const desk = this.#desk;
    const result = desk === null ? null : this.#guard(() => act(desk, this.#host.now()));
    this.#tell();
    return result;
  }

  /** Whoever listens is told everything anew. */
  forgetTold(): void {
    this.#told = '';
  }

  get state(): DeskState {
    const desk = this.#desk;
    const state =
      desk === null ? null : this.#guard(() => deskState(desk, this.#host.now(), this.#host.simulated));
    return state ?? { ...ENDED, simulated: this.#host.simulated };
  }

  /** Its cues go out. */
  close(): void {
    this.#guard(() => this.#desk?.close(this.#host.now()));
  }

  #tell(): void {
    const desk = this.#desk;
    const revision = (desk === null ? null : this.#guard(() => desk.revision)) ?? 'over';
    if (revision === this.#told) return;
    this.#told = revision;
    this.#host.tell(this.state);
  }

  /** null: it is over, or is so now. */
  #guard<Result>(act: () => Result): Result | null {
    if (this.#isOver) return null;
    try {
      return act();
    } catch (error) {
      this.#end(error);
      return null;
    }
  }

  #end(error: unknown): void {
    const { log } = this.#host;
    this.#isOver = true;
    log.error(
      { station: this.id, error },
      `internal error at a desk, which ends its reminders: ${messageOf(error)}`,
    );
    try {
      this.#desk?.close(this.#host.now());
    } catch (again) {
      log.error({ station: this.id, error: again }, 'nor could its cues be put out');
    }
  }
}

/** What everybody is told of a desk that ended by a mistake. */
const ENDED: Omit<DeskState, 'simulated'> = {
  ...{ state: 'idle', phase: 'idle', operation: null, ready_until: null, exposed: false },
  ...{ session: null, protocol: null, step: null, person: null, water_c: null, valves: {}, locked: null },
  ...{ prompt: null, next: null, next_at: null, quiet_until: null, not_for_me: [], busy: false },
  ...{ meeting_until: null, calendar_trouble: null, reminders: [] },
  fault: { code: 'invariant', detector: 'desk', latched: true },
  message: OVER,
};
