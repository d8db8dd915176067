// If these fail, somebody counts as there, or as away, for ever, because the helper at their computer died.
import { expect, test } from 'vitest';
import { Rig } from './replay.ts';

const TOPIC = 'ebb-presence/laptop';
const word = (present: boolean | null): string => JSON.stringify({ present, why: 'said' });
const said = (rig: Rig): readonly unknown[] =>
  rig.readings.map((one) => (one.kind === 'presence' ? one.present : one.kind));

test('what the helper says holds for 90 s; silent or gone, nobody knows', () => {
  const rig = new Rig('presence', 'presence', { name: 'laptop' }).meet();
  rig.message(TOPIC, word(true)).message(TOPIC, word(false));
  expect(said(rig)).toEqual([true, false]);
  expect(rig.nextDeadlineMs).toBe(rig.atMs + 90_000);
  expect(said(rig.forget().clock())).toEqual([null]);
  expect(rig.faults).toEqual([{ type: 'presence', device: 'foot-bath-presence', online: false }]);
  rig.forget().message(TOPIC, word(true)).message(TOPIC, word(null));
  expect(said(rig)).toEqual([true, null]);
  expect(rig.nextDeadlineMs).toBeNull();
  expect(said(rig.message(TOPIC, word(true)).forget().link(false))).toEqual([null]);
});

test('what lies at the broker, comes from elsewhere or is no word says nothing', () => {
  const rig = new Rig('presence', 'presence', { name: 'laptop' }).meet();
  rig.message(TOPIC, word(true), true).message('ebb-presence/other', word(true)).message(TOPIC, 'present');
  rig.message(TOPIC, '{"present":"yes","why":"said"}');
  expect(rig.readings).toEqual([]);
});
