// If these fail, a stop that was meant is not taken, or a hostile payload gets further than its topic.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COMMAND_WORDS } from '../../src/model/command.ts';
import { parseSet } from '../../src/controller/parse.ts';

test.each(COMMAND_WORDS)('the word %s alone is a command, in any case and with space around', (word) => {
  for (const text of [word, ` ${word.toUpperCase()}\n`, JSON.stringify({ command: word })])
    expect(parseSet(text)).toMatchObject({ ok: true, command: { command: word } });
});

test.each([
  'STOP!',
  '{"command":"stop","why":"x"}',
  '{"command": stop',
  'please stop now',
  '["stop"]',
  `stop${' '.repeat(20_000)}`,
  '"Stop"',
])('a stop is taken in the form %j', (text) => {
  expect(parseSet(text)).toMatchObject({ ok: true, command: { command: 'stop' } });
});

test.each([
  '',
  'unstoppable',
  'nonstop',
  '{}',
  '{"command":"open"}',
  '{"command":"begin","now":true}',
  'null',
  '7',
  '[[[[[[[[[[1]]]]]]]]]]',
])('%j is refused with what would be right', (text) => {
  const parsed = parseSet(text);
  expect(parsed.ok ? 'taken' : parsed.message).toContain('start, begin, pause');
});

test('a transaction is echoed with a refusal, and a valid other command is not a stop', () => {
  expect(parseSet('{"command":"open","transaction":"t1"}')).toMatchObject({
    ok: false,
    transaction: 't1',
    word: 'open',
  });
  expect(parseSet('{"command":"begin","transaction":"do not stop"}')).toMatchObject({
    ok: true,
    command: { command: 'begin' },
  });
});

test('no payload is more than refused', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.json()), (text) => {
      expect(typeof parseSet(text).ok).toBe('boolean');
    }),
    { numRuns: 500, seed: 3 },
  );
});
