import { z } from 'zod';
import type {
  Ack,
  Device,
  DeviceCommand,
  DeviceDeclaration,
  DeviceFault,
  DriverInput,
  DriverStep,
  Outgoing,
  Reading,
  Role,
} from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { parseJson } from '../support.ts';
import type { BoardLine, Fields } from './codec.ts';
import { decodeLine, encodeRequest, LIMITS, PROTOCOL, wholeOf } from './codec.ts';

/**
 * What every part of a valve board has in common: the port comes up, the board says what it is, and from then on each
 * part asks something in good time. It is these questions that keep the board's link lease: a core that hangs asks
 * nothing, and the board closes everything 3 s later.
 */

/** Longer than the way through a queue of one at a time, and far shorter than any lease. */
const ANSWER_MS = 400;
/** No answer for so long: the board is gone, whatever the port says. As long as the board waits for us. */
const SILENCE_MS = 3_000;
const HELLO_MS = 1_000;
/** A board that is not ours is asked again now and then: it may be flashed meanwhile. */
const REFUSED_HELLO_MS = 10_000;

/** A request that was sent and is not answered. */
export interface Ask {
  readonly seq: number;
  /** Verb and arguments. */
  readonly request: string;
  readonly atMs: number;
}

/** What a part does with something it hears. */
export interface Effect<S> {
  readonly state: S;
  /** Requests, in order. */
  readonly asks?: readonly string[];
  readonly readings?: readonly Reading[];
  readonly acks?: readonly Ack[];
  readonly faults?: readonly DeviceFault[];
}

export type Reply = Exclude<BoardLine, { kind: 'event' }>;
export type Event = Extract<BoardLine, { kind: 'event' }>;

/** One part of a board. Nothing is asked of it but `lost` before the board has said that it is ours. */
export interface Part<S> {
  readonly id: DeviceId;
  readonly role: Role;
  readonly port: string;
  /** 1 to 9, another for each part of a board: the first digit of its sequence numbers. */
  readonly digit: number;
  readonly declaration: DeviceDeclaration;
  readonly initial: S;
  /** What it asks to be told, again and again, and how often, milliseconds. */
  beat(state: S): { readonly request: string; readonly everyMs: number };
  /** Why a board cannot have this part; null where it has. */
  lacks(hello: Fields): string | null;
  /** The board is there and all is shut. */
  met(state: S, atMs: number): Effect<S>;
  /** Nothing is known of it any more. */
  lost(state: S): S;
  command(state: S, command: DeviceCommand, atMs: number): Effect<S>;
  reply(state: S, reply: Reply, ask: Ask, atMs: number, waiting: readonly Ask[]): Effect<S>;
  /** No answer came. */
  late(state: S, ask: Ask, atMs: number): Effect<S>;
  event(state: S, event: Event, atMs: number, waiting: readonly Ask[]): Effect<S>;
  /** The broker came or went. The board is there all the same. */
  broker(state: S, up: boolean): Effect<S>;
  clock(state: S, atMs: number): Effect<S>;
  dueMs(state: S): number | null;
}

interface Talk<S> {
  readonly part: S;
  readonly portUp: boolean;
  /** The board has said that it is ours. */
  readonly met: boolean;
  readonly boot: string | null;
  readonly seq: number;
  readonly waiting: readonly Ask[];
  readonly heardAtMs: number;
  /** When HELLO, or the beat, is due. */
  readonly askAtMs: number;
  /** What was complained of last. */
  readonly complaint: string | null;
}

interface Told<S> {
  state: Talk<S>;
  readonly out: Outgoing[];
  readonly readings: Reading[];
  readonly acks: Ack[];
  readonly faults: DeviceFault[];
}

const linkSchema = z.object({ up: z.boolean(), why: z.string().optional() });
const linkTopic = (port: string): string => `port:${port}/link`;
const lineTopic = (port: string): string => `port:${port}/line`;

export function boardDevice<S>(part: Part<S>): Device<Talk<S>> {
  const { id, role, declaration, port } = part;
  const lines = lineTopic(port);
  const state: Talk<S> = {
    part: part.initial,
    portUp: false,
    met: false,
    boot: null,
    seq: 0,
    waiting: [],
    heardAtMs: 0,
    askAtMs: Infinity,
    complaint: null,
  };
  return {
    id,
    role,
    driver: 'board',
    declaration,
    topics: [linkTopic(port), lines],
    init: () => done(part, begin(state)),
    step: (before, input, atMs) => {
      if (input.type === 'message' && input.topic === lines && isForAnother(part, input.payload)) {
        const dueMs = dueOf(part, before);
        if (atMs < dueMs) return unmoved(before, dueMs);
      }
      const told = begin(before);
      due(part, told, atMs);
      heard(part, told, input, atMs);
      return done(part, told);
    },
  };
}

function begin<S>(state: Talk<S>): Told<S> {
  return { state, out: [], readings: [], acks: [], faults: [] };
}

function done<S>(part: Part<S>, told: Told<S>): DriverStep<Talk<S>> {
  const dueMs = dueOf(part, told.state);
  return { ...told, nextDeadlineMs: dueMs === Infinity ? null : dueMs };
}

/** When it must do something though nothing is heard; Infinity: never. */
function dueOf<S>(part: Part<S>, { portUp, askAtMs, waiting, met, heardAtMs, part: own }: Talk<S>): number {
  const [oldest] = waiting;
  return Math.min(
    portUp ? askAtMs : Infinity,
    oldest === undefined ? Infinity : oldest.atMs + ANSWER_MS,
    met ? heardAtMs + SILENCE_MS : Infinity,
    (met ? part.dueMs(own) : null) ?? Infinity,
  );
}

/** Most lines are answers to what the other parts of the board have asked. */
function isForAnother<S>({ digit }: Part<S>, payload: string): boolean {
  const line = decodeLine(payload);
  return line !== null && line.kind !== 'event' && Math.floor(line.seq / 1_000) !== digit;
}

function unmoved<S>(state: Talk<S>, dueMs: number): DriverStep<Talk<S>> {
  const nextDeadlineMs = dueMs === Infinity ? null : dueMs;
  return { state, out: NONE, readings: NONE, acks: NONE, faults: NONE, nextDeadlineMs };
}

const NONE: readonly never[] = [];

function heard<S>(part: Part<S>, told: Told<S>, input: DriverInput, atMs: number): void {
  switch (input.type) {
    case 'link':
      if (!told.state.met) return;
      take(part, told, part.broker(told.state.part, input.up), atMs);
      if (input.up) told.faults.push({ type: 'presence', device: part.id, online: true });
      return;
    case 'command':
      // Nothing is kept for a board that is not there: it would arrive as a stale open.
      if (told.state.met) take(part, told, part.command(told.state.part, input.command, atMs), atMs);
      return;
    case 'message':
      if (input.topic === linkTopic(part.port)) portLink(part, told, input.payload, atMs);
      else if (input.topic === lineTopic(part.port)) lineHeard(part, told, input.payload, atMs);
      return;
    case 'clock':
      return;
  }
}

/** Whatever woke the driver. */
function due<S>(part: Part<S>, told: Told<S>, atMs: number): void {
  for (;;) {
    const [oldest, ...others] = told.state.waiting;
    if (oldest === undefined || atMs < oldest.atMs + ANSWER_MS) break;
    told.state = { ...told.state, waiting: others };
    if (told.state.met) take(part, told, part.late(told.state.part, oldest, atMs), atMs);
  }
  if (told.state.met && atMs >= told.state.heardAtMs + SILENCE_MS) {
    lose(part, told, `the valve board at ${part.port} does not answer any more`, atMs);
  }
  if (told.state.met) take(part, told, part.clock(told.state.part, atMs), atMs);
  if (!told.state.portUp || atMs < told.state.askAtMs) return;
  if (!told.state.met) {
    hello(part, told, atMs);
    return;
  }
  const { request, everyMs } = part.beat(told.state.part);
  told.state = { ...told.state, askAtMs: atMs + everyMs };
  ask(part, told, request, atMs);
}

function hello<S>(part: Part<S>, told: Told<S>, atMs: number): void {
  told.state = { ...told.state, askAtMs: atMs + HELLO_MS };
  ask(part, told, 'HELLO', atMs);
}

function ask<S>(part: Part<S>, told: Told<S>, request: string, atMs: number): void {
  const { seq: count, waiting } = told.state;
  const seq = part.digit * 1_000 + count;
  told.state = { ...told.state, seq: (count + 1) % 1_000, waiting: [...waiting, { seq, request, atMs }] };
  told.out.push({ topic: lineTopic(part.port), payload: encodeRequest(seq, request), qos: 0 });
}

function take<S>(part: Part<S>, told: Told<S>, effect: Effect<S>, atMs: number): void {
  told.state = { ...told.state, part: effect.state };
  for (const request of effect.asks ?? []) ask(part, told, request, atMs);
  told.readings.push(...(effect.readings ?? []));
  told.acks.push(...(effect.acks ?? []));
  told.faults.push(...(effect.faults ?? []));
}

/** It is not there any more, or never was: why, and then that. `refuses`: it did answer, and will not do. */
function lose<S>(part: Part<S>, told: Told<S>, why: string, atMs: number, refuses = false): void {
  const { met, complaint } = told.state;
  const how = refuses ? {} : ({ unreached: true } as const);
  if (complaint !== why) told.faults.push({ type: 'refused', device: part.id, message: why, ...how });
  if (met) told.faults.push({ type: 'presence', device: part.id, online: false });
  told.state = {
    ...told.state,
    part: part.lost(told.state.part),
    met: false,
    waiting: [],
    askAtMs: atMs + HELLO_MS,
    complaint: why,
  };
}

function portLink<S>(part: Part<S>, told: Told<S>, payload: string, atMs: number): void {
  const link = parseJson(payload, linkSchema);
  if (link === null) return;
  if (!link.up) {
    lose(part, told, link.why ?? `the port ${part.port} is gone`, atMs);
    told.state = { ...told.state, portUp: false };
    return;
  }
  // Another connection: whoever answers now may be another board.
  if (told.state.met) lose(part, told, `the port ${part.port} was opened anew`, atMs);
  told.state = { ...told.state, portUp: true, waiting: [], heardAtMs: atMs };
  hello(part, told, atMs);
}

function lineHeard<S>(part: Part<S>, told: Told<S>, payload: string, atMs: number): void {
  const line = decodeLine(payload);
  if (line === null || !told.state.portUp) return;
  if (line.kind === 'event') {
    if (line.name === 'boot') booted(part, told, line.fields['boot'] ?? null, atMs);
    else if (told.state.met)
      take(part, told, part.event(told.state.part, line, atMs, told.state.waiting), atMs);
    return;
  }
  const asked = told.state.waiting.find(({ seq }) => seq === line.seq);
  if (asked === undefined) {
    // An answer to this part that came too late to be believed: the board is there all the same.
    if (Math.floor(line.seq / 1_000) === part.digit) told.state = { ...told.state, heardAtMs: atMs };
    return;
  }
  const waiting = told.state.waiting.filter((one) => one !== asked);
  told.state = { ...told.state, waiting, heardAtMs: atMs };
  if (asked.request === 'HELLO') greeted(part, told, line, atMs);
  else if (told.state.met) take(part, told, part.reply(told.state.part, line, asked, atMs, waiting), atMs);
}

/** A start that nobody asked for: everything is shut, and nothing of what was said before holds. */
function booted<S>(part: Part<S>, told: Told<S>, boot: string | null, atMs: number): void {
  // The port came up with this very word: the question is under way.
  if (!told.state.met && told.state.waiting.some(({ request }) => request === 'HELLO')) return;
  if (told.state.boot !== null && boot !== told.state.boot) {
    told.faults.push({ type: 'rebooted', device: part.id });
    told.state = { ...told.state, boot };
  }
  told.state = { ...told.state, part: part.lost(told.state.part), waiting: [] };
  hello(part, told, atMs);
}

function greeted<S>(part: Part<S>, told: Told<S>, reply: Reply, atMs: number): void {
  const why = whyNotOurs(part, reply);
  if (why !== null || reply.kind === 'err') {
    lose(part, told, `${part.port}: ${why ?? 'no valve board'}`, atMs, true);
    told.state = { ...told.state, askAtMs: atMs + REFUSED_HELLO_MS };
    return;
  }
  const boot = reply.fields['boot'] ?? null;
  if (told.state.boot !== null && boot !== told.state.boot)
    told.faults.push({ type: 'rebooted', device: part.id });
  const { everyMs } = part.beat(told.state.part);
  if (!told.state.met) told.faults.push({ type: 'presence', device: part.id, online: true });
  told.state = { ...told.state, met: true, boot, complaint: null, askAtMs: atMs + everyMs };
  take(part, told, part.met(told.state.part, atMs), atMs);
}

/** Why this board is none that Ebb may rely on; null where it is one. */
function whyNotOurs<S>(part: Part<S>, reply: Reply): string | null {
  if (reply.kind === 'err') return `the board does not know HELLO (${reply.code}): it has another firmware`;
  const { fields } = reply;
  const proto = fields['proto'] ?? 'none';
  if (proto !== PROTOCOL)
    return `the board speaks version ${proto} of the protocol, and this Ebb speaks ${PROTOCOL}; flash the firmware that came with it`;
  const limits = fields['limits'] ?? 'none';
  if (limits !== LIMITS)
    return `the board was built with other limits (${limits}) than this Ebb (${LIMITS}), so it is not used; flash the firmware that came with it`;
  const { lease } = part.declaration;
  if (lease !== null && (wholeOf(fields, 'maxms') ?? 0) < lease.maxMs)
    return `the board takes leases of ${fields['maxms'] ?? 'no'} ms at most, and ${lease.maxMs} ms are needed`;
  return part.lacks(fields);
}

/** For parts that do nothing with a message. */
export const nothing = <S>(state: S): Effect<S> => ({ state });

/** A board that has at least `least` of a kind: `valves=4`. */
export const needs =
  (kind: string, least: number) =>
  (hello: Fields): string | null =>
    (wholeOf(hello, kind) ?? 0) >= least
      ? null
      : `the board has ${kind}=${hello[kind] ?? '0'}, and part ${least} of them is named in the config`;
