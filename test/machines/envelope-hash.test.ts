// If these fail, a hard limit was changed unseen, or a board with other limits passes for one with ours.
import { crc32 as zlib } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as envelope from '../../machines/envelope.ts';
import { ENVELOPE_HASH, ENVELOPE_TEXT, canonical, crc32 } from '../../machines/envelope-hash.ts';

test('the hard limits are those that were agreed on: whoever changes one says so here, in docs/safety.md and CHANGELOG.md', () => {
  expect(ENVELOPE_HASH).toBe('3a19bac0');
});

test('every table and number of the envelope is in it, but for what ships within the limits and what is only shown', () => {
  const left = new Set(['DEFAULTS', 'RETURN_TO_IDLE_MS']);
  const tables: readonly unknown[] = Object.entries(envelope).flatMap(([name, value]) =>
    typeof value === 'function' || left.has(name) ? [] : [value],
  );
  const hashed: unknown = JSON.parse(ENVELOPE_TEXT);
  const values = Object.values(hashed as object);
  expect(values).toHaveLength(tables.length);
  expect(values).toEqual(expect.arrayContaining([...tables]));
});

describe('the checksum', () => {
  test('is that of the standard', () => {
    expect(crc32('123456789')).toBe('cbf43926');
    expect(crc32('')).toBe('00000000');
  });
  test('is that of zlib for any ASCII text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        expect(crc32(text)).toBe(zlib(text).toString(16).padStart(8, '0'));
      }),
    );
  });
});

describe('the text', () => {
  test('is plain ASCII, and JSON with every limit in it', () => {
    expect(ENVELOPE_TEXT).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(ENVELOPE_TEXT)).toMatchObject({
      limits: { warmMaxC: 40 },
      trips: { t1: { limitC: 43 } },
    });
  });
  test('does not depend on the order in which keys were written, but on every value', () => {
    expect(canonical({ b: [1, { d: 2, c: null }], a: 'x' })).toBe('{"a":"x","b":[1,{"c":null,"d":2}]}');
    expect(canonical({ a: 'x', b: [1, { c: null, d: 2 }] })).toBe(
      canonical({ b: [1, { d: 2, c: null }], a: 'x' }),
    );
  });
});
