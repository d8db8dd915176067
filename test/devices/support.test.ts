// If these fail, a driver takes a plain word for a reading, or reads of one message what another one said.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { jsonIn, parseJson } from '../../devices/support.ts';
import { parseReply } from '../../devices/tasmota/codec.ts';

/** What a payload means without any shortcut. */
function plainly(payload: string): unknown {
  try {
    return JSON.parse(payload) as unknown;
  } catch {
    return undefined;
  }
}

const payloads = fc.oneof(
  fc.json(),
  fc.json().map((text) => ` \r\n\t${text} `),
  fc.json().map((text) => text.slice(0, -1)),
  fc.string(),
  fc.constantFrom(
    'ON',
    'OFF',
    'Online',
    'nan',
    '-',
    '-1',
    '21.5',
    'true',
    'nul',
    'null',
    '',
    '[',
    '"',
    '\uFEFF{}',
  ),
);

test('a payload is what JSON says of it, whatever was read before', () => {
  fc.assert(
    fc.property(fc.array(payloads, { minLength: 2, maxLength: 6 }), (all) => {
      for (const payload of [...all, ...all]) expect(jsonIn(payload)).toEqual(plainly(payload));
    }),
    { numRuns: 500 },
  );
});

test('a reply of Tasmota is an object, as the schema of one says', () => {
  const schema = z.record(z.string(), z.unknown());
  fc.assert(
    fc.property(payloads, (payload) => {
      // The schema leaves this key out, and no driver asks for it.
      fc.pre(!payload.includes('__proto__'));
      expect(parseReply(payload)).toEqual(parseJson(payload, schema));
    }),
    { numRuns: 500 },
  );
});

test('a payload longer than any of ours is not read', () => {
  expect(jsonIn(`"${'x'.repeat(20_000)}"`)).toBeUndefined();
});
