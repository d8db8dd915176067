/**
 * If these fail, what other programs see of a bath is not what happened there, a hostile payload does more than be
 * refused, or a stop among ten thousand messages is overlooked.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseSet } from '../../src/controller/parse.ts';
import type { Bus } from '../../src/model/bus.ts';
import { EVENT_TYPES } from '../../src/model/events.ts';
import { OUTCOMES, REASONS } from '../../src/model/state.ts';
import { exampleConfig, Simulation } from '../support/simulate.ts';

const config = exampleConfig('foot-bath');
const SET = 'ebb/foot-bath/set';

interface Out {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

/** A simulation, what its controller publishes below `ebb/`, and somebody else at the broker. */
function watched(seed = 5): { sim: Simulation; out: Out[]; other: Bus; opened: () => number } {
  const sim = new Simulation(config, seed);
  const out: Out[] = [];
  let opened = 0;
  sim.world.broker.tap(({ clientId, topic, payload, retain, will }) => {
    if (clientId !== 'ebb-home' || will) return;
    if (topic.startsWith('ebb/')) out.push({ topic, payload, retain });
    if (/TimedPower\d$/.test(topic)) opened += 1;
  });
  const other = sim.world.broker.connect({ clientId: 'other' });
  sim.run(100);
  return { sim, out, other, opened: () => opened };
}

const eventSchema = z.looseObject({
  event_type: z.enum(EVENT_TYPES),
  at: z.iso.datetime(),
  session: z.string().nullable(),
});
const events = (out: readonly Out[]) =>
  out
    .filter(({ topic }) => topic === 'ebb/foot-bath/event')
    .map(({ payload }) => eventSchema.parse(JSON.parse(payload)));

const errorSchema = z.strictObject({
  command: z.string(),
  code: z.string(),
  message: z.string().min(1),
  transaction: z.string().optional(),
});
const errors = (out: readonly Out[], station = 'foot-bath') =>
  out
    .filter(({ topic }) => topic === `ebb/${station}/error`)
    .map(({ payload }) => errorSchema.parse(JSON.parse(payload)));

test('a session is told from its start to its end, once each and not retained', () => {
  const { sim, out } = watched();
  sim.start();
  const result = sim.finish();
  sim.run(1_000);
  const told = events(out);
  const first = told.find(({ event_type }) => event_type === 'session_started');
  expect(first).toMatchObject({ session: result.id, protocol: 'contrast-foot-bath', source: 'cli' });
  expect(told.filter(({ event_type }) => event_type === 'session_ended')).toEqual([
    expect.objectContaining({
      session: result.id,
      outcome: 'complete',
      reason: 'completed',
      person: 'guest',
    }),
  ]);
  expect(told.filter(({ event_type }) => event_type === 'cue').length).toBeGreaterThan(5);
  expect(told.length).toBeLessThan(100);
  expect(out.filter(({ topic, retain }) => retain && /\/(event|error)$/.test(topic))).toEqual([]);
  const ended = told.find(({ event_type }) => event_type === 'session_ended');
  expect(OUTCOMES).toContain(ended?.['outcome']);
  expect(REASONS).toContain(ended?.['reason']);
});

test('every type of the list happens, and no other', () => {
  const happened = new Set<string>();
  const live = (act: (world: ReturnType<typeof watched>) => void): void => {
    const world = watched();
    act(world);
    world.sim.run(2_000);
    for (const { event_type } of events(world.out)) happened.add(event_type);
    for (const { news } of world.sim.told) if (news.type === 'event') happened.add(news.event);
  };
  live(({ sim }) => {
    sim.start();
    sim.untilPhase('warm');
    sim.say('stop');
    sim.finish();
    sim.say('continue');
    sim.run(20_000);
    sim.world.rig.faults.probe('foot-bath-thermometer', () => Number.NaN);
    sim.untilPhase('paused');
    sim.run(2_000);
    sim.world.rig.press();
    sim.finish();
    sim.say('report');
  });
  live(({ sim, other }) => {
    sim.start();
    sim.untilPhase('warm');
    // What the relay says at its first connection after a restart.
    other.publish({ topic: 'tele/bath-valves/INFO1', payload: '{"Info1":{}}', qos: 0 });
    sim.finish();
    sim.run(30_000);
    sim.say('clear');
  });
  live(({ sim }) => {
    sim.world.broker.connect({ clientId: 'ebb-home' });
  });
  expect([...happened].sort()).toEqual([...EVENT_TYPES].sort());
});

test('what ends a session while the link is down is told once it is back', () => {
  const { sim, out } = watched();
  sim.start();
  sim.untilPhase('warm');
  const before = out.length;
  sim.world.broker.drop('ebb-home');
  sim.run(20_000);
  expect(out.length).toBe(before);
  sim.world.broker.restore('ebb-home');
  sim.run(2_000);
  const told = events(out.slice(before)).map(({ event_type }) => event_type);
  expect(told.slice(0, 2)).toEqual(['trip', 'session_ended']);
  expect(told).not.toContain('cue');
});

test('the last will of an earlier connection does not stand for the present one', () => {
  const { sim, out, other } = watched();
  other.publish({ topic: 'ebb/status', payload: 'offline', qos: 1, retain: true });
  sim.run(1_000);
  expect(sim.world.broker.retained('ebb/status')).toBe('online');
  for (let round = 0; round < 1_000; round += 1)
    other.publish({ topic: 'ebb/status', payload: 'offline', qos: 1, retain: true });
  sim.run(5_000);
  expect(out.filter(({ topic }) => topic === 'ebb/status').length).toBeLessThan(10);
  expect(sim.world.broker.retained('ebb/status')).toBe('online');
});

test.each([
  ['{"command":"start","protocol":"nothing","transaction":"a"}', 'unknown_protocol', 'start', 'a'],
  ['{"command":"resume","transaction":"b"}', 'bad_state', 'resume', 'b'],
  // A word for a desk.
  ['{"command":"snooze","transaction":"c"}', 'bad_command', 'snooze', 'c'],
  ['{"command":"start","depth":{"a":1},"transaction":"d"}', 'bad_command', 'start', 'd'],
  ['hello', 'bad_command', '', undefined],
])('%s is answered with its code and its transaction', (payload, code, command, transaction) => {
  const { sim, out, other } = watched();
  other.publish({ topic: SET, payload, qos: 1 });
  sim.run(100);
  expect(errors(out)).toEqual([
    {
      command,
      code,
      message: expect.any(String) as string,
      ...(transaction === undefined ? {} : { transaction }),
    },
  ]);
});

test('a station that does not exist is answered where its name is one, and seldom', () => {
  const { sim, out, other } = watched();
  other.publish({ topic: 'ebb/sauna/set', payload: '{"command":"start","transaction":"t"}', qos: 1 });
  other.publish({ topic: 'ebb/Sauna No 1/set', payload: 'start', qos: 1 });
  sim.run(100);
  expect(errors(out, 'sauna')).toEqual([
    expect.objectContaining({ command: 'start', code: 'unknown_station', transaction: 't' }),
  ]);
  expect(out.filter(({ topic }) => topic.includes('Sauna'))).toEqual([]);
  for (let round = 0; round < 5_000; round += 1)
    other.publish({ topic: `ebb/room-${round}/set`, payload: 'start', qos: 0 });
  sim.run(5_000);
  expect(out.filter(({ topic }) => topic.endsWith('/error')).length).toBeLessThan(20);
});

test('in a flood few are looked at, the rest is counted, and the stop in it is found', () => {
  const { sim, out, other } = watched();
  sim.start();
  sim.untilPhase('warm');
  for (let round = 0; round < 5_000; round += 1) other.publish({ topic: SET, payload: 'begin', qos: 0 });
  other.publish({ topic: SET, payload: '{"command":"stop"}', qos: 1 });
  sim.run(20);
  expect(sim.state.state).toMatch(/^stop/);
  sim.run(3_000);
  const answers = errors(out);
  expect(answers.length).toBeLessThan(40);
  const counts = answers
    .filter(({ code }) => code === 'flooded')
    .map(({ message }) => Number(/^\d+/.exec(message)?.[0]));
  const others = answers.length - counts.length;
  expect(counts.reduce((sum, count) => sum + count, 0) + others).toBe(5_000);
  const kept = sim.world.journal.history.records({ types: ['refused'], limit: 1_000 });
  expect(kept.length).toBeLessThan(100);
});

/** Whatever may stand on a topic, with the words of commands in it. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.json({ maxDepth: 12 }),
  fc
    .record(
      {
        command: fc.oneof(fc.constantFrom('start', 'begin', 'pause', '__proto__', 'toString'), fc.anything()),
        transaction: fc.anything(),
        with: fc.oneof(fc.anything(), fc.dictionary(fc.string(), fc.anything())),
        __proto__: fc.anything(),
        constructor: fc.anything(),
      },
      { requiredKeys: ['command'] },
    )
    .map((value) => JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? 0 : inner))),
  fc
    .tuple(fc.constantFrom('[', '{"a":', '"'), fc.integer({ min: 1, max: 30_000 }))
    .map(([open, n]) => open.repeat(n)),
);

test('no payload opens anything, throws, or goes without an answer', { timeout: 60_000 }, () => {
  const { sim, out, other, opened } = watched();
  fc.assert(
    fc.property(hostile, fc.boolean(), (payload, retain) => {
      const parsed = parseSet(payload);
      fc.pre(!parsed.ok);
      const before = errors(out).length;
      other.publish({ topic: SET, payload, qos: 1, retain });
      sim.run(300);
      // An empty retained payload is how a retained message is taken away; it is answered as well.
      expect(errors(out).length).toBe(before + 1);
      expect(sim.state.state).toBe('idle');
      expect(opened()).toBe(0);
    }),
    { numRuns: 400, seed: 7 },
  );
});
