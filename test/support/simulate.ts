import { loadConfig } from '../../src/config/index.ts';
import type { Config } from '../../src/config/index.ts';
import type { News } from '../../src/controller/index.ts';
import { composeVirtual } from '../../src/main.ts';
import type { Choices } from '../../src/model/command.ts';
import { silentLog } from '../../src/model/log.ts';
import type { PlantSettings } from '../../src/model/station.ts';
import type { SessionResult, StateObject } from '../../src/model/state.ts';
import { loadLibrary, packageRoot } from '../../src/protocols/index.ts';

export type World = ReturnType<typeof composeVirtual>;

const { protocols } = loadLibrary([]);

/** One of the examples that ship, with parts of the plant told instead of drawn. */
export function exampleConfig(
  name:
    | 'foot-bath'
    | 'foot-bath-basin'
    | 'foot-bath-two-basins'
    | 'foot-bath-mixer'
    | 'foot-bath-full'
    | 'shower'
    | 'buckets'
    | 'foot-bath-zigbee2mqtt',
  plant: Partial<PlantSettings> = {},
): Config {
  const { config, problems } = loadConfig(`${packageRoot()}/examples/${name}.yaml`, { env: {} });
  if (config === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  return { ...config, plant: { ...config.plant, ...plant } };
}

export interface Told {
  readonly atMs: number;
  readonly news: News;
}

/** A whole world in virtual time, its devices up, and everything it tells. */
export class Simulation {
  readonly world: World;
  readonly told: Told[] = [];
  readonly station: string;
  /** Of the session that ended last. */
  result: SessionResult | null = null;

  constructor(config: Config, seed: number) {
    const [station] = config.stations;
    if (station === undefined) throw new Error('the config has no station');
    this.station = station.id;
    this.world = composeVirtual({ config, protocols, log: silentLog }, station, seed);
    this.world.controller.listen(station.id, (news, atMs) => {
      this.told.push({ atMs, news });
      if (news.type === 'result') this.result = news.result;
    });
    this.world.clock.runUntil(2_000);
  }

  get state(): StateObject {
    const state = this.world.controller.state(this.station);
    if (state === null) throw new Error('there is no such station');
    return state;
  }

  /** Commands are answered within the call: virtual time does not pass for them. */
  start(protocol = 'contrast-foot-bath', choices: Choices = {}): void {
    void this.world.controller.command(this.station, { command: 'start', protocol, with: choices }, 'cli');
  }

  say(command: 'begin' | 'pause' | 'resume' | 'continue' | 'stop' | 'clear' | 'answer' | 'report'): void {
    void this.world.controller.command(this.station, { command }, 'cli');
  }

  /** Runs until `done`, or fails after an hour of virtual time. */
  until(done: () => boolean, limitMs = 3_600_000): void {
    if (!this.world.clock.runWhile(() => !done(), limitMs)) {
      throw new Error(`it did not come to that; the station is ${JSON.stringify(this.state)}`);
    }
  }

  untilPhase(phase: StateObject['phase'], cycle?: number): void {
    this.until(() => this.state.phase === phase && (cycle === undefined || this.state.step?.cycle === cycle));
  }

  run(ms: number): void {
    this.world.clock.runUntil(this.world.clock.nowMs() + ms);
  }

  /** Runs a session to its end and says how it went. */
  finish(): SessionResult {
    const before = this.result;
    this.until(() => this.result !== before);
    if (this.result === null) throw new Error('no result was told');
    return this.result;
  }

  /** True when every water valve of the plant is shut. */
  get dry(): boolean {
    return this.world.rig.plant.openings().every(({ closedAtMs }) => closedAtMs !== null);
  }
}
