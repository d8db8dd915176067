import { z } from 'zod';
import type { DeviceFault, Outgoing } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { parseJson } from '../support.ts';

/**
 * Shelly's RPC over MQTT, as every device since Gen2 speaks it: a request at `<prefix>/rpc`, its reply at
 * `<src>/rpc` under the `id` of the request, notifications at `<prefix>/events/rpc`.
 * Source: shelly-api-docs.shelly.cloud gen2, RPC Protocol, RPC Channels, Notifications, Mqtt.
 */

/** Where one part of one Shelly is on the bus. */
export interface Address {
  readonly prefix: string;
  /**
   * Who asks, and so where the replies go. It names device and Shelly: parts of one Shelly do not hear each other's
   * replies, nor does another controller at the same broker that calls its devices the same.
   */
  readonly src: string;
  readonly replies: string;
  readonly events: string;
  readonly online: string;
}

export function address(prefix: string, device: DeviceId): Address {
  const src = `ebb/rpc/${device}/${prefix}`;
  return {
    prefix,
    src,
    replies: `${src}/rpc`,
    events: `${prefix}/events/rpc`,
    online: `${prefix}/online`,
  };
}

export const topicsOf = ({ replies, events, online }: Address): readonly string[] => [
  replies,
  events,
  online,
];

/** One question: `kind` is what its answer will be known by. */
export interface Question<Kind extends string> {
  readonly kind: Kind;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Only a close is sent with QoS 1: a client resends those after a reconnect, when they are stale. */
  readonly qos?: 0 | 1;
}

/** What was asked and not answered. The newest of a kind counts: an answer to an older one says what was, not what is. */
export interface Talk<Kind extends string> {
  readonly linkUp: boolean;
  readonly nextId: number;
  readonly asked: readonly { readonly kind: Kind; readonly id: number; readonly atMs: number }[];
  /** Since when the device owes an answer, monotonic milliseconds; null while it owes none. */
  readonly owedSinceMs: number | null;
  /** When to ask again, monotonic milliseconds; null without a link. */
  readonly pollMs: number | null;
}

export const NO_TALK: Talk<never> = { linkUp: false, nextId: 1, asked: [], owedSinceMs: null, pollMs: null };

/** A device that owes an answer for this long is gone: its last will need not be stored, nor arrive. */
export const SILENT_MS = 6_000;

/** Sends questions, and asks again after `pollAfterMs`. */
export function ask<Kind extends string>(
  at: Address,
  talk: Talk<Kind>,
  questions: readonly Question<Kind>[],
  atMs: number,
  pollAfterMs: number,
): { readonly talk: Talk<Kind>; readonly out: readonly Outgoing[] } {
  const numbered = questions.map((question, place) => ({ ...question, id: talk.nextId + place }));
  const older = talk.asked.filter(({ kind }) => !questions.some((question) => question.kind === kind));
  const asked = [...older, ...numbered.map(({ kind, id }) => ({ kind, id, atMs }))];
  const out = numbered.map(({ id, method, params, qos = 0 }) => ({
    topic: `${at.prefix}/rpc`,
    payload: JSON.stringify({ id, src: at.src, method, params }),
    qos,
  }));
  const nextId = talk.nextId + questions.length;
  const owedSinceMs = talk.owedSinceMs ?? atMs;
  return { talk: { ...talk, nextId, asked, owedSinceMs, pollMs: atMs + pollAfterMs }, out };
}

/** The link is new, or the device is: nothing asked before will be answered. */
export function startTalk<Kind extends string>(talk: Talk<Kind>, linkUp: boolean): Talk<Kind> {
  return { linkUp, nextId: talk.nextId, asked: [], owedSinceMs: null, pollMs: null };
}

export function isSilent({ linkUp, owedSinceMs }: Talk<string>, atMs: number): boolean {
  return linkUp && owedSinceMs !== null && atMs - owedSinceMs >= SILENT_MS;
}

export function isDue({ linkUp, pollMs }: Talk<string>, atMs: number): boolean {
  return linkUp && pollMs !== null && atMs >= pollMs;
}

export function talkDeadline({ linkUp, owedSinceMs, pollMs }: Talk<string>, there: boolean): number | null {
  if (!linkUp) return null;
  const silentMs = there && owedSinceMs !== null ? owedSinceMs + SILENT_MS : Infinity;
  const nextMs = Math.min(silentMs, pollMs ?? Infinity);
  return nextMs === Infinity ? null : nextMs;
}

export type Body = Readonly<Record<string, unknown>>;
export const bodySchema = z.record(z.string(), z.unknown());
const replySchema = z.object({
  id: z.number(),
  dst: z.string(),
  result: bodySchema.nullish(),
  error: z.object({ code: z.number(), message: z.string() }).optional(),
});

export interface Answer<Kind extends string> {
  readonly kind: Kind;
  readonly result: Body;
  /** The device's own words where it said no; null where it did not. */
  readonly error: string | null;
  /** When it was asked, monotonic milliseconds. */
  readonly askedAtMs: number;
}

/** What a reply answers, and the talk without that question; null where nobody asked that, or no longer. */
export function answerOf<Kind extends string>(
  at: Address,
  talk: Talk<Kind>,
  payload: string,
): { readonly talk: Talk<Kind>; readonly answer: Answer<Kind> } | null {
  const reply = parseJson(payload, replySchema);
  if (reply === null || reply.dst !== at.src) return null;
  const question = talk.asked.find(({ id }) => id === reply.id);
  if (question === undefined || (reply.error === undefined && reply.result === undefined)) return null;
  const asked = talk.asked.filter((each) => each !== question);
  const error = reply.error === undefined ? null : inWords(reply.error);
  const { kind, atMs: askedAtMs } = question;
  const answer = { kind, result: reply.result ?? {}, error, askedAtMs };
  return { talk: { ...talk, asked, owedSinceMs: null }, answer };
}

const inWords = ({ code, message }: { readonly code: number; readonly message: string }): string =>
  `"${message.slice(0, 200)}" (${code})`;

const eventsSchema = z.array(z.unknown());
const eventSchema = z.object({ component: z.string(), event: z.string(), ts: z.number().optional() });
const notificationSchema = z.object({ method: z.string(), params: bodySchema });

export interface ComponentEvent {
  readonly event: string;
  /** The device's clock, seconds; tells a message delivered twice from two. */
  readonly ts: number | null;
}

export interface Notification {
  /** What changed in the status of the component; null where nothing of it did. */
  readonly status: Body | null;
  /** True where the status is a complete one and reports no change. */
  readonly full: boolean;
  readonly events: readonly ComponentEvent[];
}

/** What a notification says of one component (`switch:0`); null where it is no notification. */
export function notificationOf(payload: string, component: string): Notification | null {
  const frame = parseJson(payload, notificationSchema);
  if (frame === null) return null;
  const { method, params } = frame;
  if (method === 'NotifyEvent') {
    const listed = eventsSchema.safeParse(params['events']);
    const events = (listed.success ? listed.data : []).flatMap((each) => {
      const event = eventSchema.safeParse(each);
      return event.success && event.data.component === component
        ? [{ event: event.data.event, ts: event.data.ts ?? null }]
        : [];
    });
    return { status: null, full: false, events };
  }
  if (method !== 'NotifyStatus' && method !== 'NotifyFullStatus') return null;
  const status = bodySchema.safeParse(params[component]);
  return { status: status.success ? status.data : null, full: method === 'NotifyFullStatus', events: [] };
}

/** `true` or `false` at `<prefix>/online`; null for anything else. */
export function onlineWord(payload: string): boolean | null {
  if (payload === 'true') return true;
  return payload === 'false' ? false : null;
}

export const presence = (device: DeviceId, online: boolean): DeviceFault => ({
  type: 'presence',
  device,
  online,
});
export const refused = (device: DeviceId, message: string): DeviceFault => ({
  type: 'refused',
  device,
  message,
});
