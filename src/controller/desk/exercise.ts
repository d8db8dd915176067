import { currentMark, guide, stepOfGuide } from '../../../machines/guide.ts';
import type { GuideEvent, GuideRun } from '../../../machines/guide.ts';
import type { Refusal } from '../../../machines/gate.ts';
import type { SetCommand, Source } from '../../model/command.ts';
import type { Guide, GuideResult, GuideWant } from '../../model/desk.ts';
import type { CueName } from '../../model/device.ts';
import type { StationId } from '../../model/ids.ts';
import type { CoreRecord } from '../effects.ts';
import type { News } from '../news.ts';
import { isoOf } from '../records.ts';
import type { Now } from '../starter.ts';

export interface ExerciseHost {
  readonly texts: readonly Guide[];
  readonly simulated: boolean;
  newId(): string;
  record(record: CoreRecord, session?: string): void;
  news(news: News): void;
  /** `fadeMs`: how long its light takes, where it can be dimmed. */
  cue(cue: CueName, fadeMs?: number): void;
  /** Somebody said that it is done. */
  done(protocol: string, source: Source): void;
}

/** The exercise that a desk leads, if it leads one. */
export class Exercise {
  readonly #station: StationId;
  readonly #host: ExerciseHost;
  #snapshot = guide.initial(undefined);
  #startedWallMs = 0;
  #now: Now = { atMs: 0, wallMs: 0 };
  revision = 0;

  constructor(station: StationId, host: ExerciseHost) {
    this.#station = station;
    this.#host = host;
  }

  get underWay(): boolean {
    return this.#snapshot.name !== 'idle';
  }

  /** All was led, and one press is waited for. */
  get answering(): boolean {
    return this.#snapshot.name === 'answering';
  }

  get run(): GuideRun | null {
    return this.#snapshot.context.run;
  }

  /** What is to be done right now, in words; null: nothing is led. */
  get message(): string | null {
    const { run } = this;
    if (run === null) return null;
    if (this.answering) return `${run.guide.title}: done? Press, and it counts.`;
    const step = stepOfGuide(run);
    if (step === null) return null;
    const mark = currentMark(run);
    if (mark === null) return `Get ready. ${step.say}`;
    return mark.cue === 'halfway' ? `Halfway. ${step.say}` : (mark.say ?? step.say);
  }

  get deadlineMs(): number | null {
    return this.#snapshot.context.nextMs;
  }

  /** What a start at a desk may not say. */
  refuse(command: Extract<SetCommand, { command: 'start' }>): Refusal | null {
    if (this.underWay) return { code: 'busy', message: 'an exercise is led already; stop it first' };
    const { with: choices, dry, person } = command;
    const given = Object.entries({ with: choices, dry, person }).find(([, value]) => value !== undefined);
    if (given === undefined) return null;
    return { code: 'bad_command', message: `start at a desk takes no ${given[0]}: only a protocol` };
  }

  /** What begins it, or why it cannot be led. */
  start(protocol: string, source: Source, now: Now): Refusal | (() => void) {
    const led = this.#host.texts.filter(({ steps }) => steps.length > 0);
    const found = led.find((one) => one.protocol === protocol);
    if (found === undefined) {
      const known = led.map((one) => one.protocol).join(', ');
      return {
        code: 'unknown_protocol',
        message: `there is no exercise "${protocol}" that a desk can lead; there are ${known}`,
      };
    }
    const id = this.#host.newId();
    this.#startedWallMs = now.wallMs;
    this.#host.record({ type: 'guide', body: { event: 'started', protocol, source } }, id);
    this.#host.news({ type: 'event', event: 'guide_started', detail: { protocol, source } });
    const wants = this.#step({ type: 'start', id, guide: found, atMs: now.atMs }, now);
    return () => {
      this.#carryOut(wants);
    };
  }

  clock(now: Now): void {
    const { deadlineMs } = this;
    if (deadlineMs !== null && deadlineMs <= now.atMs)
      this.#carryOut(this.#step({ type: 'clock', atMs: now.atMs }, now));
  }

  /** False: nothing is led. */
  ack(source: Source, now: Now): boolean {
    return this.#answer('ack', source, now);
  }

  stop(source: Source, now: Now): boolean {
    return this.#answer('stop', source, now);
  }

  #answer(type: 'ack' | 'stop', source: Source, now: Now): boolean {
    if (!this.underWay) return false;
    this.#carryOut(this.#step({ type, source, atMs: now.atMs }, now));
    return true;
  }

  #step(event: GuideEvent, now: Now): readonly GuideWant[] {
    this.#now = now;
    this.revision += 1;
    const { snapshot, wants } = guide.step(this.#snapshot, event);
    this.#snapshot = snapshot;
    return wants;
  }

  #carryOut(wants: readonly GuideWant[]): void {
    for (const want of wants) {
      if (want.type === 'cue') this.#host.cue(want.cue, want.fadeMs);
      else this.#ended(want);
    }
  }

  #ended({ run, reason, source }: Extract<GuideWant, { type: 'ended' }>): void {
    const { protocol } = run.guide;
    const outcome = reason === 'completed' ? 'complete' : 'stopped';
    const result: GuideResult = {
      ...{ id: run.id, station: this.#station, protocol, outcome, reason, source },
      started_at: isoOf(this.#startedWallMs),
      ended_at: isoOf(this.#now.wallMs),
      repetitions: run.led,
      simulated: this.#host.simulated,
    };
    this.#host.record({ type: 'guide', body: { event: 'ended', result } }, run.id);
    const detail = { protocol, outcome, reason, source, repetitions: run.led };
    this.#host.news({ type: 'event', event: 'guide_ended', detail });
    if (reason === 'completed' && source !== null) this.#host.done(protocol, source);
    this.#host.news({ type: 'guide', result });
  }
}
