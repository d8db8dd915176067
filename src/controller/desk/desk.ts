import type { ReminderEvent } from '../../../machines/reminder.ts';
import type { Refusal } from '../../../machines/gate.ts';
import { isWithin } from '../../schedule/rule.ts';
import { clockText, dateAt } from '../../schedule/zone.ts';
import type { CalendarNews } from '../../model/calendar.ts';
import type { AnyCommand, Source } from '../../model/command.ts';
import type { DeskSettings, Hindrance } from '../../model/desk.ts';
import type { ButtonAction, Device } from '../../model/device.ts';
import { MINUTE_MS, SECOND_MS } from '../../model/units.ts';
import { refusedBody } from '../recorder.ts';
import { Repeats } from '../repeats.ts';
import { Soonest } from '../soonest.ts';
import type { Now } from '../starter.ts';
import { Unanswered, meantBy } from './answers.ts';
import type { Answer } from './answers.ts';
import { DeskDevices } from './devices.ts';
import { Exercise } from './exercise.ts';
import type { DeskHost } from './host.ts';
import type { DeskDevicesHost } from './devices.ts';
import { Meetings } from './meetings.ts';
import { PlannedReminder } from './planned.ts';
import type { PresenceEdge } from './presence.ts';
import { Quiet } from './quiet.ts';
import { Reminders } from './reminders.ts';
import { Suited } from './suited.ts';
import { Told } from './told.ts';
import { wordsOf } from './words.ts';

/** The wall clock is held against the monotonic one this often: a computer that slept is noticed by nothing else. */
const LOOK_MS = MINUTE_MS;
/** Less than this is no step of a clock. */
const STEP_MS = 2 * SECOND_MS;
/** A wall clock that is this far ahead all at once: the computer slept. */
const SLEPT_MS = 2 * MINUTE_MS;
/** Nothing is shown so soon after a bath. */
const DRY_MS = 5 * MINUTE_MS;

/** One desk: its devices, its reminders, and what speaks against showing one. Time comes in as data. */
export class Desk {
  readonly settings: DeskSettings;
  readonly #reminders: Reminders;
  readonly #host: DeskHost;
  readonly #devices: DeskDevices;
  readonly #meetings = new Meetings();
  readonly exercise: Exercise;
  readonly #repeats = new Repeats();
  readonly #quiet: Quiet;
  readonly suited: Suited;
  readonly #unanswered = new Unanswered();
  readonly #told: Told;
  #offsetMs: number;
  #now: Now;
  #revision = 0;
  #bathOverMs = -Infinity;

  constructor(settings: DeskSettings, devices: readonly Device[], host: DeskHost, now: Now) {
    this.settings = settings;
    this.#host = host;
    this.#told = new Told(host);
    this.#now = now;
    this.#offsetMs = now.wallMs - now.atMs;
    this.#quiet = new Quiet(settings.zone, host);
    this.suited = new Suited(settings, host);
    const cueing = devices.filter(({ role }) => role === 'light' || role === 'buzzer').length;
    const earlier = host.earlier(cueing);
    const leftOut = (protocol: string): boolean => this.suited.isLeftOut(protocol);
    const reminders = settings.reminders.map(
      (one) =>
        new PlannedReminder(one, { texts: host.texts, leftOut }, now, earlier.reminders.get(one.id) ?? null),
    );
    this.#reminders = new Reminders(reminders, {
      told: this.#told,
      silence: () => this.#devices.silence(),
      unsuited: (one, { atMs, wallMs }) => {
        const unsettled = !one.snapshot.matches('cueing') && this.#devices.unsettled(atMs);
        return this.suited.hindrance(one.text, wallMs) ?? (unsettled ? 'settling' : null);
      },
      over: (one, { outcome, hindrance, cued }) => {
        if (outcome === 'done') this.suited.done(one.text.protocol, this.#now.wallMs);
        if (outcome !== 'missed') this.#unanswered.none();
        else if (cued && hindrance === null && this.#devices.heard) this.#unanswered.another(this.#date());
      },
    });
    const toDevices: DeskDevicesHost = {
      ...host,
      button: (action) => {
        this.#button(action);
      },
      person: (edge) => {
        this.#person(edge);
      },
      wallMs: () => this.#now.wallMs,
      changed: () => {
        this.#revision += 1;
      },
    };
    this.#devices = new DeskDevices(devices, settings.cues, toDevices, now, earlier);
    this.exercise = new Exercise(settings.id, {
      ...host,
      cue: (cue, fadeMs) => {
        this.#devices.play(cue, this.#now.atMs, fadeMs);
      },
      done: (protocol, source) => {
        this.#done(protocol, source);
      },
    });
    this.#unanswered.restore(earlier.unanswered);
    this.#reminders.restore(earlier.newWallMs, now);
    this.#reminders.plan(now);
  }

  get reminders(): readonly PlannedReminder[] {
    return this.#reminders.all;
  }

  get equipment(): DeskDevices['equipment'] {
    return this.#devices.equipment;
  }

  /** Until when quiet was asked for, wall time; null: it is not quiet. */
  get quietUntilMs(): number | null {
    return this.#quiet.untilMs(this.#now.wallMs);
  }

  get busy(): boolean {
    return this.#devices.busy;
  }

  /** When the meeting that is under way is over, wall time; null: there is none. */
  get meetingUntilMs(): number | null {
    return this.#meetings.untilMs(this.#now.wallMs);
  }

  /** Another text whenever the state object may be another one. */
  get revision(): string {
    return `${this.#revision} ${this.#reminders.revision} ${this.exercise.revision} ${this.quietUntilMs ?? ''} ${this.meetingUntilMs ?? ''} ${this.#date()}`;
  }

  broker(up: boolean, now: Now): void {
    this.#at(now);
    this.#devices.broker(up, now.atMs);
    this.#settle();
  }

  message(
    input: { topic: string; payload: string; retained: boolean },
    to: readonly string[],
    now: Now,
  ): void {
    this.#at(now);
    this.#devices.message(input, to, now.atMs);
    this.#settle();
  }

  clock(now: Now): void {
    this.#at(now);
    this.#devices.clock(now.atMs);
    this.exercise.clock(now);
    this.#settle();
  }

  /** A bath began, or is over. */
  bath(now: Now): void {
    this.#at(now);
    if (!this.#host.bathing()) this.#bathOverMs = now.atMs;
    this.#settle();
  }

  /** What is wrong with its calendars; null: nothing. */
  get calendarTrouble(): string | null {
    return this.#told.trouble;
  }

  /** What its calendars say. */
  calendar({ spans, trouble }: CalendarNews, now: Now): void {
    this.#at(now);
    if (spans !== null) this.#meetings.set(spans);
    this.#told.calendar(trouble);
    this.#settle();
  }

  command(command: AnyCommand, source: Source, now: Now): Refusal | null {
    this.#at(now);
    const refusal = this.#take(command, source);
    if (refusal === null) this.#settle();
    return refusal;
  }

  /** Every cue goes out: the controller ends. */
  close(now: Now): void {
    this.#at(now);
    this.#devices.show('off', null, now.atMs);
  }

  deadlineMs(): number {
    const { atMs, wallMs } = this.#now;
    const soonest = new Soonest(atMs);
    this.#devices.deadlines(soonest, atMs);
    this.#reminders.deadlines(soonest, atMs);
    soonest.add(this.exercise.deadlineMs);
    if (atMs < this.#bathOverMs + DRY_MS) soonest.add(this.#bathOverMs + DRY_MS);
    for (const untilMs of [this.quietUntilMs, this.#meetings.nextMs(wallMs)])
      if (untilMs !== null) soonest.add(atMs + untilMs - wallMs);
    soonest.add(atMs + LOOK_MS);
    return soonest.ms ?? Infinity;
  }

  // --- time --------------------------------------------------------------------------------------------------------

  /** All of one input happens at one time; a clock that was set, or slept, is noticed first. */
  #at(now: Now): void {
    this.#now = now;
    const offsetMs = now.wallMs - now.atMs;
    const stepMs = offsetMs - this.#offsetMs;
    if (Math.abs(stepMs) < STEP_MS) return;
    this.#offsetMs = offsetMs;
    this.#revision += 1;
    this.#told.clock(stepMs);
    if (stepMs >= SLEPT_MS) {
      this.#devices.woke(now.atMs, stepMs);
      this.#reminders.slept(stepMs, now);
    }
    this.#reminders.plan(this.#now);
  }

  // --- the reminders -----------------------------------------------------------------------------------------------

  #settle(): void {
    this.#reminders.settle(this.#hindrance(), this.#now);
    const words = wordsOf(this.reminders, this.suited, this.#now.wallMs);
    this.#devices.show(this.#reminders.level, words, this.#now.atMs);
  }

  #step(one: PlannedReminder, event: ReminderEvent): void {
    this.#reminders.step(one, event, this.#now);
  }

  /** What speaks against any cue here; null: nothing. */
  #hindrance(): Hindrance | null {
    const { atMs, wallMs } = this.#now;
    const { quietHours, zone } = this.settings;
    // Whoever exercises needs no reminder of it.
    if (this.exercise.underWay) return 'another';
    if (this.quietUntilMs !== null) return 'quiet';
    if (quietHours !== null && isWithin(quietHours, zone, wallMs)) return 'quiet_hours';
    if (this.#host.bathing()) return 'bath';
    if (this.meetingUntilMs !== null) return 'meeting';
    const person = this.#devices.hindrance(atMs);
    if (person !== null) return person;
    if (atMs < this.#bathOverMs + DRY_MS) return 'just_back';
    return this.#unanswered.isEnough(() => this.#date()) ? 'ignored' : null;
  }

  #date(): string {
    return dateAt(this.settings.zone, this.#now.wallMs);
  }

  #person(edge: PresenceEdge): void {
    const { atMs } = this.#now;
    if (edge === null) return;
    for (const one of this.reminders) {
      // What became due meanwhile is done as well.
      if (edge !== 'found') this.#step(one, { type: 'left', atMs });
      if (edge !== 'left') one.sitsSince(atMs, 'back');
    }
    this.#unanswered.none();
    this.#reminders.plan(this.#now);
  }

  // --- people ------------------------------------------------------------------------------------------------------

  #take(command: AnyCommand, source: Source): Refusal | null {
    if (command.command !== 'stop') this.#unanswered.none();
    switch (command.command) {
      case 'ack':
      case 'skip':
        return this.#answer(command.command, command.reminder ?? null, source);
      case 'snooze':
        return this.#answer('snooze', command.reminder ?? null, source);
      case 'quiet':
        return this.#quiet.ask(command, source, this.#now.wallMs);
      case 'not_for_me':
        return this.#leaveOut(command, source);
      case 'start':
        return this.#start(command, source);
      case 'stop':
        if (!this.exercise.stop(source, this.#now)) this.#answer('skip', null, source);
        return null;
      default: {
        const message = `"${command.command}" is no word for a desk; there are start, ack, snooze, skip, quiet, not_for_me and stop`;
        return { code: 'bad_command', message };
      }
    }
  }

  /** What is under way of it is skipped, and it is not planned any more, until that is taken back. */
  #leaveOut(command: Extract<AnyCommand, { command: 'not_for_me' }>, source: Source): Refusal | null {
    const about = this.suited.ask(command, this.reminders, source);
    if ('code' in about) return about;
    const { run } = this.exercise;
    if (run !== null && this.suited.isLeftOut(run.guide.protocol)) this.exercise.stop(source, this.#now);
    for (const one of this.reminders)
      if (!one.rests && this.suited.isLeftOut(one.text.protocol))
        this.#step(one, { type: 'skip', source, atMs: this.#now.atMs });
    this.#reminders.plan(this.#now);
    return null;
  }

  #start(command: Extract<AnyCommand, { command: 'start' }>, source: Source): Refusal | null {
    const due = this.reminders.find(({ rests }) => !rests) ?? this.reminders[0];
    const protocol = command.protocol ?? due?.text.protocol ?? '';
    const refusal = this.exercise.refuse(command) ?? this.suited.refuse(protocol);
    if (refusal !== null) return refusal;
    const begin = this.exercise.start(protocol, source, this.#now);
    if (typeof begin !== 'function') return begin;
    this.#devices.touched(this.#now.atMs);
    // What is shown goes out first: the exercise has the light for itself.
    this.#settle();
    begin();
    return null;
  }

  /** An exercise was done: so are the reminders of it, ahead of their time too. */
  #done(protocol: string, source: Source): void {
    for (const one of this.reminders) {
      if (one.text.protocol !== protocol) continue;
      // It was done, and counts; but twice in a row it is not the next fixed time as well.
      const isNext = one.settings.rule.kind === 'at' && one.answeredMs(this.#now) !== null;
      if (!isNext) this.#step(one, { type: 'ack', source, atMs: this.#now.atMs });
    }
    this.suited.done(protocol, this.#now.wallMs);
    this.#unanswered.none();
  }

  #answer(type: Answer, id: string | null, source: Source): Refusal | null {
    const { atMs } = this.#now;
    if (id === null && type === 'ack' && this.exercise.ack(source, this.#now)) return null;
    if (id === null && type === 'skip' && this.exercise.stop(source, this.#now)) return null;
    const meant = meantBy(type, id, this.reminders);
    if ('code' in meant) return meant;
    const again = meant.find((one) => one.answeredMs(this.#now) !== null);
    if (again !== undefined) return this.#answeredAlready(again);
    for (const one of meant) this.#step(one, { type, source, atMs });
    return null;
  }

  /** Said twice, or from two places: it counts once, and takes no later time with it. */
  #answeredAlready(one: PlannedReminder): Refusal {
    const { zone } = this.settings;
    const when = clockText(zone, one.answeredMs(this.#now) ?? this.#now.wallMs);
    const was = one.last?.outcome === 'skipped' ? 'skipped' : 'done';
    const comes = one.dueWallMs === null ? '' : `; it comes next at ${clockText(zone, one.dueWallMs)}`;
    return { code: 'already_done', message: `${one.settings.id} was ${was} at ${when} already${comes}` };
  }

  #button(action: ButtonAction): void {
    if (!this.#repeats.press(this.#now.atMs)) return;
    this.#devices.touched(this.#now.atMs);
    const type = action.type === 'press' ? 'ack' : action.type === 'double' ? 'snooze' : 'skip';
    this.#unanswered.none();
    const refusal = this.#answer(type, null, 'button');
    if (refusal === null) return;
    const error = { command: type, ...refusal };
    this.#host.record({ type: 'refused', body: refusedBody(error, 'button') });
    this.#host.news({ type: 'event', event: 'refused', detail: error });
  }
}
