// If this fails, messages reach the wrong device, or the virtual bus is kinder than a real broker.
import { describe, expect, it } from 'vitest';
import { FrameLimit } from '../../src/transports/frames.ts';
import { isFilter, isTopic, topicMatches } from '../../src/transports/topics.ts';

describe('topics', () => {
  it.each([
    ['a/b', 'a/b', true],
    ['a/+', 'a/b', true],
    ['a/+', 'a/', true],
    ['a/+', 'a', false],
    ['a/+', 'a/b/c', false],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['a/#', 'ab', false],
    ['#', 'a/b', true],
    ['+/+', '/a', true],
    ['#', '$SYS/x', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/x', true],
    ['a/b', 'A/b', false],
  ])('%s meets %s: %s', (filter, topic, expected) => {
    expect(topicMatches(filter, topic)).toBe(expected);
  });

  it('tells topics and filters from what is none', () => {
    for (const topic of ['a', 'a/b', '/', 'ä b']) expect(isTopic(topic)).toBe(true);
    for (const topic of ['', 'a/+', '#', 'a\0', 'x'.repeat(70_000), '/'.repeat(101)])
      expect(isTopic(topic)).toBe(false);
    for (const filter of ['a', '+', '#', 'a/+/b', 'a/#']) expect(isFilter(filter)).toBe(true);
    for (const filter of ['', 'a+', 'a/#/b', 'a#', '+a/b']) expect(isFilter(filter)).toBe(false);
  });
});

describe('the packet limit', () => {
  const publish = (length: number): Buffer => {
    const field: number[] = [];
    let rest = length;
    do {
      field.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
      rest = Math.floor(rest / 128);
    } while (rest > 0);
    return Buffer.concat([Buffer.from([0x30, ...field]), Buffer.alloc(length)]);
  };

  it('lets packets up to the limit pass, however they are cut', () => {
    const bytes = Buffer.concat([publish(0), publish(127), publish(128), publish(1_000), publish(300)]);
    for (const size of [1, 2, 3, 7, 100, bytes.length]) {
      const limit = new FrameLimit(1_000);
      for (let at = 0; at < bytes.length; at += size)
        expect(limit.accepts(bytes.subarray(at, at + size))).toBe(true);
    }
  });

  it('stops a packet that is too long at its header, and a length that never ends', () => {
    expect(new FrameLimit(1_000).accepts(publish(1_001).subarray(0, 3))).toBe(false);
    expect(new FrameLimit(1e9).accepts(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x80]))).toBe(false);
  });
});
