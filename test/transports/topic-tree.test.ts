/**
 * If it fails, a message does not reach the device or the controller it is for: the tree of filters must find what a
 * look at every filter finds.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { topicMatches } from '../../src/transports/topics.ts';
import { TopicTree } from '../../src/transports/topic-tree.ts';

const level = fc.constantFrom('a', 'b', '$x', '');
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.boolean())
  .map(([levels, below]) => [...levels, ...(below || levels.length === 0 ? ['#'] : [])].join('/'));

it('finds what a look at every filter finds', () => {
  fc.assert(
    fc.property(fc.array(filter, { maxLength: 12 }), topic, (filters, asked) => {
      const tree = new TopicTree<string>();
      for (const one of filters) tree.add(one, one);
      const expected = [...new Set(filters)].filter((one) => topicMatches(one, asked));
      expect([...tree.match(asked)].sort()).toEqual(expected.sort());
    }),
    { numRuns: 2_000 },
  );
});

it('forgets what is taken out', () => {
  const tree = new TopicTree<number>();
  tree.add('a/+', 1);
  tree.add('a/+', 2);
  tree.delete('a/+', 1);
  expect([...tree.match('a/b')]).toEqual([2]);
});
