import type { News } from '../../controller/index.ts';
import type { Running } from '../../main.ts';
import type { CommandError, SetCommand } from '../../model/command.ts';
import { RefusedError } from '../../model/errors.ts';
import type { LinkError } from '../../model/errors.ts';
import type { DeviceId, StationId } from '../../model/ids.ts';
import type { StateObject } from '../../model/state.ts';
import type { ControlClient } from '../../transports/control-client.ts';
import { parseNews } from './news.ts';

/** One station of a controller, in this process or in another: what a session in the foreground needs of it. */
export interface SessionLink {
  /** The controller's own time. */
  nowMs(): number;
  wallMs(): number;
  /** As last told. */
  state(): StateObject;
  /** Devices a session needs that have not answered; empty where this is not known from here. */
  missing(): readonly DeviceId[];
  /** `atMs`: when the controller got it. */
  send(command: SetCommand): Promise<{ readonly error: CommandError | null; readonly atMs: number }>;
  listen(listener: (news: News, atMs: number) => void): () => void;
  onLost(listener: (error: LinkError) => void): void;
}

/** @throws RefusedError unknown_station */
export function localLink(
  { controller, clock }: Pick<Running, 'controller' | 'clock'>,
  id: StationId,
): SessionLink {
  const station = controller.station(id);
  if (station === null) throw new RefusedError('unknown_station', `there is no station "${id}"`);
  return {
    nowMs: () => clock.nowMs(),
    wallMs: () => clock.wallMs(),
    state: () => controller.state(id) ?? station.state((atMs) => atMs, clock.nowMs()),
    missing: () => station.core.missing,
    send: async (command) => {
      const atMs = clock.nowMs();
      return { error: await controller.command(id, command, 'cli'), atMs };
    },
    listen: (listener) => controller.listen(id, listener),
    onLost: () => undefined,
  };
}

/** @throws RefusedError unknown_station, where the controller runs with another config */
export async function remoteLink(client: ControlClient, id: StationId): Promise<SessionLink> {
  const listeners = new Set<(news: News, atMs: number) => void>();
  const latest: { state: StateObject | undefined } = { state: undefined };
  await client.watch(({ station, at_ms, news }) => {
    const known = station === id ? parseNews(news) : null;
    if (known === null) return;
    if (known.type === 'state') latest.state = known.state;
    for (const listener of listeners) listener(known, at_ms);
  });
  const first = (await client.states())[id];
  if (first === undefined || 'reminders' in first) {
    throw new RefusedError('unknown_station', `the running controller has no station "${id}"`, {
      station: id,
    });
  }
  return {
    nowMs: () => client.time().nowMs,
    wallMs: () => client.time().wallMs,
    state: () => latest.state ?? first,
    missing: () => [],
    send: (command) => client.command(id, command),
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onLost: (listener) => {
      client.onLost(listener);
    },
  };
}
