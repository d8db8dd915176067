import type { News } from '../../controller/index.ts';
import type { Running } from '../../main.ts';
import type { AnyCommand, CommandError } from '../../model/command.ts';
import type { LinkError } from '../../model/errors.ts';
import { RefusedError } from '../../model/errors.ts';
import type { StationId } from '../../model/ids.ts';
import type { ControlClient } from '../../transports/control-client.ts';
import { parseNews } from './news.ts';

/** A desk of a controller, in this process or in another. */
export interface DeskLink {
  send(command: AnyCommand): Promise<CommandError | null>;
  listen(listener: (news: News, atMs: number) => void): void;
  onLost(listener: (error: LinkError) => void): void;
}

export function localDesk({ controller }: Pick<Running, 'controller'>, id: StationId): DeskLink {
  return {
    send: (command) => controller.command(id, command, 'cli'),
    listen: (listener) => {
      controller.listen(id, listener);
    },
    onLost: () => undefined,
  };
}

/** @throws RefusedError unknown_station, where the controller runs with another config */
export async function remoteDesk(client: ControlClient, id: StationId): Promise<DeskLink> {
  const listeners: ((news: News, atMs: number) => void)[] = [];
  await client.watch(({ station, at_ms, news }) => {
    const known = station === id ? parseNews(news) : null;
    if (known !== null) for (const listener of listeners) listener(known, at_ms);
  });
  const state = (await client.states())[id];
  if (state === undefined || !('reminders' in state))
    throw new RefusedError('unknown_station', `the running controller has no desk "${id}"`, { station: id });
  return {
    send: async (command) => (await client.command(id, command)).error,
    listen: (listener) => {
      listeners.push(listener);
    },
    onLost: (listener) => {
      client.onLost(listener);
    },
  };
}
