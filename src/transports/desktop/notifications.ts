import type { Clock } from '../../clock/clock.ts';
import type { DesktopAsk } from '../../model/desktop.ts';
import type { DeviceId } from '../../model/ids.ts';
import type { Part } from './part.ts';
import type { Call, Programs } from './programs.ts';
import type { Ran, Run } from './run.ts';

/** Whoever ends waits so long for what is to be taken back. */
const CLOSE_MS = 1_000;

export interface NotificationsOptions {
  /** null: there is none for this kind of computer. */
  readonly programs: Programs | null;
  readonly platform: string;
  readonly run: Run;
  readonly isHere: (file: string) => Promise<boolean>;
  readonly clock: Clock;
}

/**
 * Notifications on the desktop of this computer, by the program that is there for it. One runs at a time; of each device
 * the newest wish is kept until its turn, and no more.
 */
export class Notifications implements Part {
  readonly #options: NotificationsOptions;
  readonly #tell: ((why: string | null) => void)[] = [];
  readonly #waiting = new Map<DeviceId, DesktopAsk>();
  /** What is shown, by the ids that the desktop gave. */
  readonly #ids = new Map<DeviceId, string>();
  readonly #ends = new AbortController();
  #running: Promise<void> | null = null;
  /** The program is one that tells no ids. */
  #plain = false;
  /** undefined: it has not been looked for yet. */
  #why: string | null | undefined;
  #closed = false;

  constructor(options: NotificationsOptions) {
    this.#options = options;
  }

  follow(_: DeviceId, tell: (why: string | null) => void): void {
    this.#tell.push(tell);
    void this.#look().then((why) => {
      // What has been tried since knows better.
      if (this.#why === undefined) this.#why = why;
      if (!this.#closed) tell(this.#why);
    });
  }

  ask(device: DeviceId, ask: DesktopAsk): void {
    if (this.#closed) return;
    this.#waiting.delete(device);
    this.#waiting.set(device, ask);
    this.#next();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const [device, ask] of this.#waiting) if (ask.do !== 'clear') this.#waiting.delete(device);
    const { clock } = this.#options;
    const timer = clock.at(clock.nowMs() + CLOSE_MS, 'notifications', () => {
      this.#waiting.clear();
      this.#ends.abort();
    });
    while (this.#running !== null) await this.#running;
    timer.cancel();
  }

  async #look(): Promise<string | null> {
    const { programs, platform, isHere } = this.#options;
    if (programs === null)
      return `Ebb knows no program that shows notifications on ${platform}; use a buzzer`;
    return (await isHere(programs.file)) ? null : missing(programs);
  }

  #next(): void {
    const [first] = this.#waiting;
    const { programs } = this.#options;
    if (this.#running !== null || first === undefined || programs === null) return;
    const [device, ask] = first;
    this.#waiting.delete(device);
    this.#running = this.#do(programs, device, ask).then(() => {
      this.#running = null;
      this.#next();
    });
  }

  async #do(programs: Programs, device: DeviceId, ask: DesktopAsk): Promise<void> {
    if (ask.do === 'show') await this.#show(programs, device, ask);
    if (ask.do === 'clear') await this.#clear(programs, device);
  }

  async #show(
    programs: Programs,
    device: DeviceId,
    notice: Extract<DesktopAsk, { do: 'show' }>,
  ): Promise<void> {
    const attempt = (): Promise<Ran> =>
      this.#run(programs.show(notice, this.#ids.get(device) ?? null, this.#plain));
    let ran = await attempt();
    if (!ran.ok && !this.#plain && programs.isOlder(ran.why)) {
      this.#plain = true;
      ran = await attempt();
    }
    this.#said(
      ran.ok
        ? null
        : ran.missing
          ? missing(programs)
          : `${programs.file} failed: ${ran.why}; Ebb has to run as the user whose desktop it is, who is logged in`,
    );
    const id = ran.ok ? /^\d{1,10}$/m.exec(ran.out)?.[0] : undefined;
    if (id === undefined) this.#ids.delete(device);
    else this.#ids.set(device, id);
  }

  /** It goes by itself, too: that it could not be taken back is nothing to tell anybody. */
  async #clear(programs: Programs, device: DeviceId): Promise<void> {
    const id = this.#ids.get(device);
    this.#ids.delete(device);
    if (id === undefined) return;
    for (const call of programs.clear(id)) {
      const ran = await this.#run(call);
      if (ran.ok || !ran.missing) return;
    }
  }

  #run(call: Call): Promise<Ran> {
    return this.#options.run(call, this.#ends.signal);
  }

  /** Once for each reason, and not for each attempt. */
  #said(why: string | null): void {
    if (why === this.#why || this.#closed) return;
    this.#why = why;
    for (const tell of this.#tell) tell(why);
  }
}

const missing = ({ file, remedy }: Programs): string => `there is no ${file} on this computer: ${remedy}`;
