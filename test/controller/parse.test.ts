// If these fail, a stop that was meant is not taken, or a hostile payload gets further than its topic.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COMMAND_WORDS } from '../../src/model/command.ts';
import { parseSet, receiveSet } from '../../src/controller/parse.ts';

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

test.each(['', 'unstoppable', 'nonstop', '{}', '{"command":"open"}', 'null', '7'])(
  '%j is refused with what would be right',
  (text) => {
    const parsed = parseSet(text);
    expect(parsed.ok ? 'taken' : parsed.message).toContain('start, begin, pause');
  },
);

test.each([
  [
    '{"command":"begin","now":true}',
    'bad_command',
    'begin takes no "now"; beside itself it takes transaction',
  ],
  [
    '{"command":"start","with":{"heat":1}}',
    'bad_command',
    'with takes no "heat"; beside itself it takes cycles',
  ],
  ['{"command":"start","with":{"cycles":"9"}}', 'bad_command', 'with.cycles: it must be a number; found "9"'],
  ['{"command":"start","with":{"cycles":9}}', 'bad_command', 'with.cycles: it must be at most 5; found 9'],
  ['{"command":"start","with":{"warm":null}}', 'bad_command', 'with.warm: it must be a text such as "45 s"'],
  ['{"command":"start","person":"Sam Smith"}', 'bad_command', 'person: an id is 1 to 63 lower-case letters'],
  ['{"command":"start","protocol":7}', 'bad_command', 'protocol: it must be a text; found 7'],
  ['{"command":7}', 'bad_command', 'command: there is no 7; commands are start'],
  ['{"command":"snooze","for":"1 h"}', 'bad_command', 'snooze takes no "for"'],
  ['{"command":"quiet","for":60}', 'bad_command', 'for: it must be a text'],
  ['[[[[[[[[[[1]]]]]]]]]]', 'bad_command', 'at most 8 brackets deep'],
  ['x'.repeat(20_000), 'bad_command', 'at most 16384 characters, this one has 20000'],
  [
    `{"command":"start","transaction":"${'7'.repeat(200)}"}`,
    'bad_command',
    'transaction: it must be at most 100',
  ],
])('%.60s is refused in our own words', (text, code, message) => {
  const parsed = parseSet(text);
  expect(parsed).toMatchObject({ ok: false, code });
  expect(parsed.ok ? '' : parsed.message).toContain(message);
  expect(parsed.ok ? '' : parsed.message.length).toBeLessThan(300);
});

test.each([
  `${'['.repeat(5_000)} stop`,
  `{"command":"stop","with":${'['.repeat(100)}`,
  `stop ${'x'.repeat(300_000)}`,
  `${'x '.repeat(8_000)}stop`,
])('a stop is found in what is too deep, too long or broken', (text) => {
  expect(parseSet(text)).toMatchObject({ ok: true, command: { command: 'stop' } });
});

test('a retained stop is carried out, and no other retained command is', () => {
  const message = { topic: 'ebb/foot-bath/set', retained: true };
  expect(receiveSet({ ...message, payload: '{"command":"stop","transaction":"t"}' })).toEqual({
    command: { command: 'stop', transaction: 't' },
  });
  expect(receiveSet({ ...message, payload: '{"command":"start","transaction":"t"}' })).toMatchObject({
    error: { command: 'start', code: 'retained', transaction: 't' },
  });
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
