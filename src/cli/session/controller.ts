import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { inventoryOf } from '../../controller/index.ts';
import type { Controller } from '../../controller/index.ts';
import { ScaledClock } from '../../clock/scaled.ts';
import type { Clock } from '../../clock/clock.ts';
import { composeReal, VERSION } from '../../main.ts';
import type { Home, Running } from '../../main.ts';
import { ConfigError } from '../../model/errors.ts';
import type { LinkError } from '../../model/errors.ts';
import type { DeviceReport } from '../../model/inventory.ts';
import type { PlaceState } from '../../model/desk.ts';
import { controlPath, startControl } from '../../transports/control.ts';
import type { ControlNews, RunningControl } from '../../transports/control.ts';
import { controllerFilePath, removeControllerFile, writeControllerFile } from './controller-file.ts';
import type { RunningHttp } from '../../api/index.ts';
import { announcedClock } from './simulated.ts';

/** A controller in this process that other commands can find. */
export interface OpenController {
  readonly running: Running;
  /** Where the page is; null: not served. */
  readonly httpUrl: string | null;
  /** Water first, then everything else; the file goes before the socket, so that nobody looks for a dead one. */
  readonly close: () => Promise<void>;
}

export interface OpenOptions {
  /** null: not asked for. Other than 1 only for simulated hardware that announced it. */
  readonly speed: number | null;
  readonly onBrokerError?: (error: LinkError) => void;
  /** Serves the page and its API too. */
  readonly http?: boolean;
}

/**
 * The controller of a home, its control socket and its `controller.json`. The socket comes first: two that start at
 * the same moment find out about each other there.
 * @throws RefusedError controller_running; LinkError port_in_use; ConfigError, also password_missing; JournalError
 */
export async function openController(home: Home, options: OpenOptions): Promise<OpenController> {
  const { config } = home;
  const { speed, onBrokerError } = options;
  if (speed !== null && speed !== 1 && !config.simulated) {
    throw new ConfigError('usage', `--speed ${speed} needs --sim, or simulated hardware (simulated: true)`);
  }
  const late: { running: Running | null } = { running: null };
  const control = await openControl(controlPath(config.journalPath), late);
  let http: RunningHttp | null = null;
  try {
    // Before anything else is opened: a port that is taken must not cost a bath.
    // Loaded where it is needed only: it takes its time.
    if (options.http === true) http = await (await import('./http.ts')).openPage(home);
    const running = await composeReal(home, {
      ...(onBrokerError === undefined ? {} : { onBrokerError }),
      ...(config.simulated
        ? { clockFor: (connect) => announcedClock(connect, `ebb-${config.site}-look`, speed) }
        : {}),
    });
    late.running = running;
    http?.serve(running);
    return { running, httpUrl: http?.url ?? null, close: announce(home, running, control, http) };
  } catch (error) {
    await Promise.all([http?.close(), control.close()]);
    throw error;
  }
}

/** What the socket says of a controller that is not up yet; whoever asks may ask again. */
export const STARTING = 'the controller is starting';

/** The control socket of a controller that may not be up yet. */
export function openControl(
  path: string,
  late: { readonly running: Running | null },
): Promise<RunningControl> {
  const up = (): Running => {
    if (late.running === null) throw new Error(STARTING);
    return late.running;
  };
  return startControl({
    path,
    time: () => timeOf(late.running?.clock ?? null),
    onCommand: (station, command) => up().controller.command(station, command, 'cli'),
    states: () => statesOf(up().controller),
    devices: () => devicesOf(up()),
    subscribe: (listener) => subscribe(up().controller, listener),
  });
}

/** Writes `controller.json`, and returns how to end it all. */
export function announce(
  { config }: Pick<Home, 'config'>,
  running: Running,
  control: RunningControl,
  http: RunningHttp | null = null,
  path = controllerFilePath(config.journalPath),
): () => Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { pid } = process;
  writeControllerFile(path, {
    pid,
    started_at: new Date(running.clock.wallMs()).toISOString(),
    mqtt: running.mqttUrl,
    http: http?.url ?? null,
    socket: control.path,
    site: config.site,
    simulated: running.simulated,
    version: VERSION,
  });
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    try {
      await running.close();
    } finally {
      removeControllerFile(path, pid);
      await Promise.all([http?.close(), control.close()]);
    }
  };
  return () => (closing ??= close());
}

function timeOf(clock: Clock | null): { nowMs: number; wallMs: number; speed: number } {
  if (clock === null) return { nowMs: 0, wallMs: 0, speed: 1 };
  return {
    nowMs: clock.nowMs(),
    wallMs: clock.wallMs(),
    speed: clock instanceof ScaledClock ? clock.speed : 1,
  };
}

export function statesOf(controller: Controller): Record<string, PlaceState> {
  return Object.fromEntries(
    [...controller.stations, ...controller.desks.ids].flatMap((id) => {
      const state = controller.state(id) ?? controller.desks.state(id);
      return state === null ? [] : [[id, state]];
    }),
  );
}

function devicesOf({ controller, clock }: Running): readonly DeviceReport[] {
  const nowMs = clock.nowMs();
  return [...controller.stations, ...controller.desks.ids].flatMap((id) => {
    const station = controller.station(id);
    if (station !== null)
      return inventoryOf(id, station.core.water.equipment, station.settings.leaseMs, nowMs);
    const desk = controller.desks.desk(id);
    return desk === null ? [] : inventoryOf(id, desk.equipment, null, nowMs);
  });
}

function subscribe(controller: Controller, listener: (news: ControlNews) => void): () => void {
  const ends = [...controller.stations, ...controller.desks.ids].map((station) =>
    controller.listen(station, (news, at_ms) => {
      listener({ station, at_ms, news });
    }),
  );
  return () => {
    for (const end of ends) end();
  };
}
