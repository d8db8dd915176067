// If these fail, somebody is reminded of what they have told that they did, or it counts twice.
import { expect, test } from 'vitest';
import { DeskBench } from './bench.ts';

const HOME = `
timezone: Europe/Berlin
simulated: true
stations:
  desk:
    kind: desk
    light: { driver: mqtt, set: desk/light/set, payload: { on: "on", off: "off" } }
schedule:
  - { reminder: calf-raises, every: 60 min, between: 09:00-17:30 }
  - { reminder: brisk-walk, at: "12:30" }
`;
const MORNING = '2026-01-05T09:30:00+01:00';

test('what was done by hand is not reminded of; what counts once a day is refused the second time, until tomorrow', () => {
  const desk = new DeskBench({ yaml: HOME, at: MORNING });
  expect(desk.say({ command: 'done', item: 'brisk-walk' })).toBeNull();
  expect(desk.events.at(-1)).toMatch(/brisk-walk done$/);
  expect(desk.say({ command: 'done', item: 'brisk-walk' })).toMatchObject({ code: 'already_done' });
  desk.to('2026-01-05T12:45:00+01:00');
  expect(desk.events.filter((one) => one.endsWith('brisk-walk shown'))).toEqual([]);
  desk.to('2026-01-06T09:30:00+01:00');
  expect(desk.say({ command: 'done', item: 'brisk-walk' })).toBeNull();
});

test('a shown exercise is done by it, as often as it is done; a note is no tick, and what is no item is refused', () => {
  const desk = new DeskBench({ yaml: HOME, at: MORNING });
  desk.to('2026-01-05T10:30:30+01:00');
  expect(desk.state.state).toBe('cueing');
  expect(desk.say({ command: 'done', item: 'calf-raises' })).toBeNull();
  expect(desk.state.state).toBe('waiting');
  expect(desk.say({ command: 'done', item: 'calf-raises' })).toBeNull();
  expect(desk.say({ command: 'log', item: 'calf-raises', value: 12 })).toBeNull();
  expect(desk.say({ command: 'log', item: 'contrast-foot-bath' })).toMatchObject({
    code: 'unknown_protocol',
  });
  const ticks = desk.journal.history.records({ types: ['tick'], limit: 10 });
  expect(ticks.map(({ body }) => [body['item'], body['kind'], body['value']])).toEqual([
    ['calf-raises', 'done', null],
    ['calf-raises', 'log', '12'],
  ]);
});

test('a restart knows what was ticked off, by hand too while no controller ran', () => {
  const at = '2026-01-05T12:00:00+01:00';
  const tick = {
    item: 'brisk-walk',
    kind: 'done',
    value: null,
    person: null,
    source: 'cli',
    simulated: false,
  };
  const records = [
    {
      seq: 1,
      at: '2026-01-05T10:40:00.000Z',
      atMs: 5,
      boot: 'x',
      station: 'desk',
      session: null,
      type: 'tick',
      body: tick,
    },
  ];
  const desk = new DeskBench({ yaml: HOME, at, records });
  expect(desk.say({ command: 'done', item: 'brisk-walk' })).toMatchObject({ code: 'already_done' });
  expect(desk.state.reminders[1]?.last).toEqual({ outcome: 'done', at: '2026-01-05T10:40:00.000Z' });
});
