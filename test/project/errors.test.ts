import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/model/errors.ts';
import { filesIn, textOf } from './sources.ts';

/*
 * If this fails, a person who looks up the code on their screen finds nothing, or something that no longer happens.
 */

const codes = Object.entries(ERROR_CODES);

/** The rows of docs/errors.md: code, whose fault, what it means, what to do. */
const rows = textOf('docs/errors.md')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, code = '', fault = '', meaning = '', remedy = '']) => ({
    code: code.replaceAll('`', ''),
    fault,
    meaning,
    remedy,
  }));

const FAULTS = ['the file', 'the command', 'the envelope', 'a device', 'the way', 'the journal', 'Ebb'];

/** Codes of the interface that nothing raises yet. Lockouts come with symptom reports. */
const NOT_RAISED_YET: readonly string[] = [];

describe('error codes', () => {
  it.each(codes)('%s stands in docs/errors.md with its meaning', (code, meaning) => {
    expect(rows.filter((row) => row.code === code)).toEqual([
      expect.objectContaining({ code, meaning: meaning.replace(/\.$/, '') }),
    ]);
  });

  it('docs/errors.md has no code that does not exist', () => {
    const known = new Set(codes.map(([code]) => code));
    expect(rows.map(({ code }) => code).filter((code) => !known.has(code))).toEqual([]);
  });

  it('docs/errors.md says of each whose fault it is and what to do', () => {
    expect(rows.filter(({ fault, remedy }) => !FAULTS.includes(fault) || remedy.length < 10)).toEqual([]);
  });

  it('each is raised somewhere', () => {
    const sources = ['src', 'machines', 'devices', 'firmware-sim']
      .flatMap((folder) => filesIn(folder, /\.ts$/))
      .filter((file) => file !== 'src/model/errors.ts')
      .map(textOf)
      .join('\n');
    const unused = codes.map(([code]) => code).filter((code) => !sources.includes(`'${code}'`));
    expect(unused.filter((code) => !NOT_RAISED_YET.includes(code))).toEqual([]);
  });
});
