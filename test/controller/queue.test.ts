// If this fails, a flood of messages stands between a STOP and the valves.
import { expect, test } from 'vitest';
import { StationQueue } from '../../src/controller/queue.ts';

test('what closes water goes first, whenever it came', () => {
  const queue = new StationQueue<string>();
  for (const [kind, item] of [
    ['rest', 'r'],
    ['command', 'c'],
    ['device', 'd1'],
    ['device', 'd2'],
    ['stop', 's'],
  ] as const)
    queue.push(kind, item);
  expect(Array.from({ length: 6 }, () => queue.shift())).toEqual(['s', 'd1', 'd2', 'c', 'r', undefined]);
});

test.each([
  ['stop', false, ['1', '2']],
  ['command', false, ['1', '2']],
  ['device', true, ['2', '3']],
  ['rest', true, ['2', '3']],
] as const)('a full class %s takes a third: %s', (kind, taken, left) => {
  const queue = new StationQueue<string>(2);
  queue.push(kind, '1');
  queue.push(kind, '2');
  expect([queue.push(kind, '3'), queue.dropped, queue.length]).toEqual([taken, 1, 2]);
  expect([queue.shift(), queue.shift()]).toEqual(left);
});

test('one full class does not fill another', () => {
  const queue = new StationQueue<string>(1);
  queue.push('device', 'd');
  expect([queue.push('stop', 's'), queue.shift()]).toEqual([true, 's']);
});
