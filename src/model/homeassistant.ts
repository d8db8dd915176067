import { z } from 'zod';

/**
 * What drivers and the link to a Home Assistant tell each other. Its topics begin with `ha:` and the address:
 * `ha:<url>/<entity>` is the entity as it is now, `ha:<url>/<entity>/call` what is asked of it, `ha:<url>/<entity>/failed`
 * why that could not be done, `ha:<url>/link` whether Home Assistant is there.
 */
export const HA_PREFIX = 'ha:';

export const haStateSchema = z.object({
  /** null: there is no such entity. */
  state: z.string().nullable(),
  attributes: z.record(z.string(), z.unknown()),
  /** Home Assistant has just been met: this is how it stands, and no news. */
  first: z.boolean(),
});
export type HaState = z.infer<typeof haStateSchema>;

export const haCallSchema = z.strictObject({
  domain: z.string(),
  service: z.string(),
  data: z.record(z.string(), z.unknown()),
  /** Asked of the entity; else of nobody in particular, as a notification is. */
  targeted: z.boolean(),
});
export type HaCall = z.infer<typeof haCallSchema>;

export const haFailedSchema = z.object({ why: z.string() });
export const haLinkSchema = z.union([
  z.object({ up: z.literal(true) }),
  z.object({ up: z.literal(false), why: z.string() }),
]);

/** `light.desk_lamp` */
export const HA_ENTITY = /^[a-z0-9_]+\.[a-z0-9_]+$/;

/** A WebSocket as its users see it: texts in, texts out. None of the listeners is called from within a call. */
export interface Socket {
  send(text: string): void;
  close(): void;
}
export interface SocketEvents {
  readonly open: () => void;
  readonly text: (text: string) => void;
  /** It is gone, or never came to be, and nobody here closed it. Told once. */
  readonly closed: (why: string) => void;
}
/** Where sockets lead: the network, or a simulation. */
export type OpenSocket = (url: string, events: SocketEvents) => Socket;

/** The other end of a socket, for whoever plays the server: its client, and what is heard from it. */
export interface ServerSide {
  readonly text: (text: string) => void;
  /** The client is gone. */
  readonly closed: () => void;
}
export type Accept = (client: Socket) => ServerSide;
/** Where a simulated server listens, by the address that clients open. */
export type Listen = (url: string, accept: Accept) => { close(): void };
