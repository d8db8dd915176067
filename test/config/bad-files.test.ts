// If this fails, a file with a mistake in it is accepted, or its owner is sent to the wrong line. Each file of
// test/fixtures/bad says in its first line where its one mistake is: `# expect: LINE CODE [part of the message]`.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readDocument } from '../../src/config/document.ts';
import { checkFile } from '../../src/protocols/index.ts';
import { Folder, errorsOf } from './support.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'bad');
const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

describe('a file with one mistake is refused at its line', () => {
  const files = readdirSync(FIXTURES).sort();

  test('there are at least 40 of them', () => {
    expect(files.length).toBeGreaterThanOrEqual(40);
  });

  test.each(files)('%s', (name) => {
    const file = join(FIXTURES, name);
    const expected = /^# expect: (\d+) (\w+) ?(.*)$/m.exec(readFileSync(file, 'utf8'));
    const { problems } = checkFile(file, { env: {} });
    const errors = errorsOf(problems);
    expect(errors.map((problem) => [problem.line, problem.code])).toContainEqual([
      Number(expected?.[1]),
      expected?.[2],
    ]);
    expect(new Set(errors.map((problem) => problem.line))).toEqual(new Set([Number(expected?.[1])]));
    expect(errors.map((problem) => problem.message).join('\n')).toContain(expected?.[3]);
    for (const problem of errors) {
      expect(problem.file).toBe(file);
      expect(problem.column).toBeGreaterThan(0);
    }
  });
});

describe('a hostile file is refused quickly', () => {
  const refusal = (content: string | Uint8Array) => {
    const { document, problems } = readDocument(folder.write('hostile.yaml', content));
    expect(document).toBeNull();
    return problems[0];
  };

  test('10 MB', () => {
    const problem = refusal(`# ${'x'.repeat(10 * 1024 * 1024)}\n`);
    expect(problem).toMatchObject({ code: 'unreadable', line: 1 });
    expect(problem?.message).toContain('at most 1 MB');
  });

  test('aliases that multiply without a long list of them', () => {
    const levels = Array.from(
      { length: 20 },
      (_, i) => `l${i}: &l${i} [${i === 0 ? 'x, x' : `*l${i - 1}, *l${i - 1}`}]`,
    );
    expect(refusal(levels.join('\n'))).toMatchObject({ code: 'too_complex' });
  });

  test('an alias within its own anchor', () => {
    expect(refusal('a: &a [*a]\n')).toMatchObject({ code: 'too_complex', line: 1 });
  });

  test('nesting without end', () => {
    expect(refusal('['.repeat(100_000))).toBeDefined();
    expect(refusal('['.repeat(2_000) + ']'.repeat(2_000))).toBeDefined();
    expect(refusal(Array.from({ length: 40 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'))).toMatchObject({
      code: 'too_complex',
    });
  });

  test('many keys', () => {
    const keys = Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`);
    expect(refusal(keys.join('\n'))).toMatchObject({ code: 'too_complex', line: 20_000 });
  });

  test('no text', () => {
    expect(refusal(Uint8Array.of(0xff, 0xfe, 0x00, 0x41))).toMatchObject({ code: 'unreadable' });
    expect(refusal('')).toMatchObject({ code: 'syntax' });
    expect(refusal('# only a comment\n')).toMatchObject({ code: 'syntax' });
  });

  test('a file that is not there', () => {
    expect(readDocument(join(folder.path, 'nowhere.yaml')).problems[0]).toMatchObject({ code: 'unreadable' });
    expect(readDocument(folder.path).problems[0]).toMatchObject({ code: 'unreadable' });
  });
});
