import type { Refusal } from '../../../machines/gate.ts';
import type { DeskCommand, Source } from '../../model/command.ts';
import type { DeskSettings, Guide, Hindrance } from '../../model/desk.ts';
import { DAY_MS } from '../../model/units.ts';
import { isWithin } from '../../schedule/rule.ts';
import type { PlannedReminder } from './planned.ts';
import type { ToldHost } from './told.ts';

/** Who leaves something out is asked again after so long (protocols, the screening). */
const ASKED_FOR_MS = 90 * DAY_MS;

type NotForMe = Extract<DeskCommand, { command: 'not_for_me' }>;

/** What the journal knows of who does what at a desk. */
export interface SuitedPast {
  /** What somebody said is not for them, and did not take back. */
  readonly leftOut: readonly string[];
  /** When each protocol was last done, wall time. */
  readonly done: ReadonlyMap<string, number>;
}

export interface SuitedHost extends ToldHost {
  readonly texts: readonly Guide[];
  suited(): SuitedPast;
}

/** What suits whoever sits at a desk: what they left out, what they have never done, and what is for other hours. */
export class Suited {
  readonly #host: SuitedHost;
  readonly #settings: DeskSettings;
  readonly #leftOut: Set<string>;
  readonly #done: Map<string, number>;

  constructor(settings: DeskSettings, host: SuitedHost) {
    this.#host = host;
    this.#settings = settings;
    const { leftOut, done } = host.suited();
    this.#leftOut = new Set(leftOut);
    this.#done = new Map(done);
  }

  /** By the config, or by a command. */
  get leftOut(): readonly string[] {
    return [...new Set([...this.#settings.notForMe, ...this.#leftOut])].sort();
  }

  isLeftOut(protocol: string): boolean {
    return this.#leftOut.has(protocol) || this.#settings.notForMe.includes(protocol);
  }

  done(protocol: string, wallMs: number): void {
    this.#done.set(protocol, wallMs);
  }

  /** What has to be said of it before somebody does it for the first time, or after long; empty: nothing. */
  warning({ protocol, notFor, askFirst }: Guide, wallMs: number): string {
    const doneMs = this.#done.get(protocol);
    if (doneMs !== undefined && wallMs - doneMs < ASKED_FOR_MS) return '';
    const parts = [
      notFor.length === 0 ? [] : [`Leave it out with any of these: ${notFor.join('; ')}.`],
      askFirst.length === 0 ? [] : [`Ask a clinician first with: ${askFirst.join('; ')}.`],
    ].flat();
    return parts.length === 0 ? '' : ` ${parts.join(' ')} If one applies, say "not for me".`;
  }

  /** What speaks against showing it right now. */
  hindrance({ hours }: Guide, wallMs: number): Extract<Hindrance, 'hours'> | null {
    return hours === null || isWithin(hours, this.#settings.zone, wallMs) ? null : 'hours';
  }

  /** Why an exercise is not led. */
  refuse(protocol: string): Refusal | null {
    if (!this.isLeftOut(protocol)) return null;
    const message = `somebody said that ${protocol} is not for them; "ebb not-for-me ${protocol} --off" takes it back`;
    return { code: 'bad_state', message };
  }

  /** Leaves out what was named, or else what is shown or due; or takes it back. What it was about, or why it is refused. */
  ask(
    { protocol, off }: NotForMe,
    reminders: readonly PlannedReminder[],
    source: Source,
  ): readonly string[] | Refusal {
    const under = reminders.filter(({ rests }) => !rests).map(({ text }) => text.protocol);
    const protocols = protocol === undefined ? [...new Set(under)] : [protocol];
    if (protocols.length === 0)
      return { code: 'bad_state', message: 'nothing is shown or due; name the protocol that is not for you' };
    const unknown = protocols.find((id) => !this.#host.texts.some((one) => one.protocol === id));
    if (unknown !== undefined) {
      const known = this.#host.texts.map((one) => one.protocol).join(', ');
      return { code: 'unknown_protocol', message: `there is no "${unknown}" here; there are ${known}` };
    }
    const fixed = protocols.find((id) => this.#settings.notForMe.includes(id));
    if (off === true && fixed !== undefined) {
      const message = `the config says that ${fixed} is not for you; take it out of \`not_for_me\` there`;
      return { code: 'bad_state', message };
    }
    for (const id of protocols) {
      if (off === true) this.#leftOut.delete(id);
      else this.#leftOut.add(id);
    }
    const body = { protocols: [...protocols], off: off === true, source };
    this.#host.record({ type: 'not_for_me', body });
    this.#host.news({ type: 'event', event: 'not_for_me', detail: body });
    return protocols;
  }
}
