import { join } from 'node:path';
import { nowOf } from '../controller/starter.ts';
import type { News } from '../controller/index.ts';
import { composeScaled, DEFAULT_PROTOCOLS, previewOf } from '../main.ts';
import type { Between, Home } from '../main.ts';
import { LinkError } from '../model/errors.ts';
import type { StationSettings } from '../model/station.ts';
import { packageRoot } from '../protocols/index.ts';
import { freshSeed } from '../random/random.ts';
import type { Context, LoadedHome } from './output.ts';
import { driveSession } from './session/drive.ts';
import { Freezer } from './session/freezer.ts';
import { foreground, planned, pressKey, quietLog } from './session/foreground.ts';
import type { Foreground } from './session/foreground.ts';
import { openInBrowser } from './session/browser.ts';
import { openPageSomewhere } from './session/http.ts';
import { watchInterrupts } from './session/interrupts.ts';
import type { Interrupts } from './session/interrupts.ts';
import { CTRL_C, watchKeys } from './session/keys.ts';
import { localLink } from './session/link.ts';
import { Mishap } from './session/mishap.ts';
import { stationOf } from './session/options.ts';
import { realPace } from './session/pace.ts';
import { drawnFacts } from './session/sim.ts';

/** Warm water is waited through; what changes is looked at. */
const SPEED = 20;
const SLOWER = 4;
const MQTT_PORT = 1883;
/** How long a clear is asked for, and how often, simulated: what tripped must be gone for 5 s. */
const CLEAR_MS = 30_000;
const AGAIN_MS = 500;

type Simulation = Awaited<ReturnType<typeof composeScaled>>;

/**
 * `npm start`: a whole foot bath in about a minute, on simulated hardware. Nothing of the user's is read or written:
 * the config is the example's, the journal is in memory.
 */
export async function demo(asked: number | null, context: Context): Promise<void> {
  const home = {
    ...context.loadHome(join(packageRoot(), 'examples', 'foot-bath.yaml')),
    log: quietLog(context),
  };
  const station = stationOf(home.config, undefined);
  const interrupts = watchInterrupts(context.outputClosed);
  const seed = freshSeed();
  const speed = asked ?? SPEED;
  const freezer = new Freezer();
  try {
    const http = await openPageSomewhere(home);
    try {
      const running = await compose(home, station, { seed, speed, between: freezer });
      try {
        http.serve(running);
        context.print('SIMULATED: no hardware, no water, nothing is kept. Not a medical device.');
        context.print(`The page is at ${http.url}, the broker at ${running.mqttUrl ?? ''}.\n`);
        const { url } = http;
        await new Demo({ home, station, running, freezer, url, seed, speed, interrupts, context }).serve();
      } finally {
        freezer.thaw();
        await running.close();
      }
    } finally {
      await http.close();
    }
  } finally {
    interrupts.close();
  }
}

/** The usual port, so that other programs find the demo; another one where that is taken. */
async function compose(
  home: Home,
  station: StationSettings,
  options: { readonly seed: number; readonly speed: number; readonly between: Between },
): Promise<Simulation> {
  try {
    return await composeScaled(home, station, { ...options, port: MQTT_PORT });
  } catch (error) {
    if (!(error instanceof LinkError) || error.code !== 'port_in_use') throw error;
    return composeScaled(home, station, { ...options, port: 0 });
  }
}

interface DemoParts {
  readonly home: LoadedHome;
  readonly station: StationSettings;
  readonly running: Simulation;
  readonly freezer: Freezer;
  /** Of the page. */
  readonly url: string;
  readonly seed: number;
  readonly speed: number;
  readonly interrupts: Interrupts;
  readonly context: Context;
}

class Demo {
  readonly #parts: DemoParts;
  readonly #pace = realPace();
  readonly #mishap: Mishap;
  /** The session that runs; null between two. */
  #screen: Foreground | null = null;
  #again = false;
  #shownSpeed: number;
  /** What is to be said once nothing is drawn over it. */
  #notice: string | null = null;

  constructor(parts: DemoParts) {
    this.#parts = parts;
    this.#shownSpeed = parts.speed;
    const { station, running, freezer } = parts;
    const { clock, rig, controller } = running;
    this.#mishap = new Mishap({
      ...{ clock, rig, freezer, devices: station.devices },
      state: () => controller.state(station.id),
      say: (text) => {
        this.#setSpeed();
        this.#say(text);
      },
    });
  }

  /** One session after the other, until somebody ends it. */
  async serve(): Promise<void> {
    const { interrupts, context, running, station, speed } = this.#parts;
    interrupts.onInterrupt(() => {
      // Who ends it closes the water first, and for that somebody has to be awake.
      this.#parts.freezer.thaw();
      this.#pace.nudge();
    });
    running.controller.listen(station.id, (news, atMs) => {
      this.#mishap.news(news, atMs);
      this.#shownSpeed = speedFor(news, speed) ?? this.#shownSpeed;
      this.#setSpeed();
    });
    const keys = watchKeys(context, (key) => {
      this.#key(key);
    });
    try {
      while (interrupts.count === 0) {
        this.#again = false;
        await this.#session();
        if (this.#parts.interrupts.count > 0) break;
        this.#offer();
        await this.#pace.until(() => this.#again || interrupts.count > 0, Infinity);
      }
    } finally {
      keys.close();
    }
  }

  #key(key: string): void {
    const { interrupts, running, station } = this.#parts;
    if (key === 'q') interrupts.interrupt();
    else if (key === 'o') this.#openPage();
    else if (key === 'f') this.#mishap.choose();
    else if (this.#mishap.isFrozen && key !== CTRL_C) this.#say('the controller is frozen and hears nothing');
    else if (this.#screen !== null) {
      pressKey(key, localLink(running, station.id), this.#screen, interrupts);
    } else if (key === '\r') {
      this.#again = true;
      this.#pace.nudge();
    } else if (key === CTRL_C) interrupts.interrupt();
  }

  #openPage(): void {
    openInBrowser(this.#parts.url, (message) => {
      if (this.#screen === null) this.#parts.context.print(message);
      else this.#notice = message;
    });
  }

  /** What a phase is shown at, and slower where something breaks fast. */
  #setSpeed(): void {
    this.#parts.running.clock.speed = this.#shownSpeed / (this.#mishap.isFast ? SLOWER : 1);
  }

  #say(text: string): void {
    if (this.#screen === null) this.#parts.context.print(text);
    else this.#screen.say(text);
  }

  async #session(): Promise<void> {
    const { home, station, running, seed, interrupts, context } = this.#parts;
    const { clock, rig } = running;
    const start = { command: 'start', protocol: DEFAULT_PROTOCOLS.bath } as const;
    await this.#clear();
    const screen = foreground({ home, station, json: false }, context, {
      simulated: true,
      speed: () => clock.speed,
      nowMs: () => clock.nowMs(),
      wallMs: () => clock.wallMs(),
      keys: 'f: break something · o: open the page · q: quit (the water closes first)',
    });
    this.#screen = screen;
    try {
      const past = { history: null, simulated: true, now: nowOf(clock) };
      screen.preview(planned(previewOf(home, station, start, past)), drawnFacts(seed, rig.drawn));
      const link = localLink(running, station.id);
      const pace = this.#pace;
      const result = await driveSession({ link, pace, start, interrupts, show: screen, limitMs: Infinity });
      screen.summary(result);
    } finally {
      this.#screen = null;
      screen.close();
    }
  }

  /** Whole again, and cleared: an aborted session waits for somebody at the station, a latched fault for a while longer. */
  async #clear(): Promise<void> {
    const { running, station, interrupts } = this.#parts;
    const { clock, controller } = running;
    await this.#mishap.mend();
    const waits = (): boolean => {
      const state = controller.state(station.id);
      return state !== null && (state.state === 'aborted' || state.fault !== null);
    };
    for (
      const endMs = clock.nowMs() + CLEAR_MS;
      waits() && clock.nowMs() < endMs && interrupts.count === 0;
    ) {
      await controller.command(station.id, { command: 'clear' }, 'cli');
      await new Promise<void>((resolve) => clock.at(clock.nowMs() + AGAIN_MS, 'clear', resolve));
    }
  }

  #offer(): void {
    const { context, url } = this.#parts;
    context.print('');
    if (this.#notice !== null) context.print(this.#notice);
    this.#notice = null;
    context.print('Your own: npx ebb init · npx ebb check · npx ebb run contrast-foot-bath');
    context.print(
      context.stdin.isTTY
        ? `Enter again · f break something · o open the page (${url}) · q quit`
        : `Still serving ${url}, until SIGTERM.`,
    );
  }
}

/** Which speed a state is shown at; null where news say nothing of it. */
function speedFor(news: News, speed: number): number | null {
  if (news.type !== 'state') return null;
  const { phase } = news.state;
  return phase === 'cold' || phase === 'changing' ? speed / SLOWER : speed;
}
