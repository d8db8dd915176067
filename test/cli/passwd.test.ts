// If this fails, the password somebody sets is not the one that counts, is shown or kept in the clear, or the old one
// is lost over a typing mistake.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openPasswords } from '../../src/auth/passwords.ts';
import { cleanUp, writeHome } from '../support/process.ts';

const EBB = join(import.meta.dirname, '..', '..', 'bin', 'ebb.js');
const GOOD = 'a cold bucket';

afterEach(cleanUp);

/** `ebb …` as a process of its own, with `input` piped in. */
function ebb(
  cwd: string,
  args: readonly string[],
  input: string,
): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [EBB, ...args], { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    child.once('close', (code) => {
      resolve({ code, said });
    });
    // It may end before it has read everything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

const home = (): { folder: string; file: string } => {
  const { folder } = writeHome('listen: "0.0.0.0:1883"');
  return { folder, file: join(folder, '.ebb', 'passwords.json') };
};

describe('ebb passwd', () => {
  it.each([
    ['http', [] as string[], 'the page'],
    ['mqtt', ['--mqtt'], 'MQTT broker'],
  ] as const)(
    'sets the password for %s from one piped line, and never shows it',
    async (account, args, what) => {
      const { folder, file } = home();
      const { code, said } = await ebb(folder, ['passwd', ...args], `${GOOD}\r\nanother line\n`);
      expect({ code, said }).toMatchObject({ code: 0 });
      expect(said).toContain(what);
      expect(said).toContain('a running controller takes it within seconds');
      expect(said).not.toContain(GOOD);
      expect(readFileSync(file, 'utf8')).not.toContain(GOOD);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(join(folder, '.ebb')).mode & 0o777).toBe(0o700);
      const passwords = await openPasswords(file);
      expect(await passwords.verify(account, GOOD)).toBe(true);
      expect(passwords.has(account === 'http' ? 'mqtt' : 'http')).toBe(false);
    },
  );

  it.each([
    ['nothing', ''],
    ['an empty line', '\n'],
    ['too short a one', 'seven77\n'],
    ['a file of another kind', 'x'.repeat(100_000)],
  ])('is told %s: exit 2, and the old one stays', async (_, input) => {
    const { folder, file } = home();
    await (await openPasswords(file)).set('mqtt', GOOD);
    const { code, said } = await ebb(folder, ['passwd', '--mqtt'], input);
    expect(code).toBe(2);
    expect(said).toContain('8 to 200 characters');
    expect(said).toContain('nothing was changed');
    expect(await (await openPasswords(file)).verify('mqtt', GOOD)).toBe(true);
    expect(readdirSync(join(folder, '.ebb'))).toEqual(['passwords.json']);
  });

  it('leaves a file that is none of its own alone, and says which', async () => {
    const { folder, file } = home();
    await (await openPasswords(file)).set('mqtt', GOOD);
    writeFileSync(file, 'notes');
    const { code, said } = await ebb(folder, ['passwd'], `${GOOD}\n`);
    expect(code).toBe(2);
    expect(said).toContain('passwords_unusable');
    expect(said).toContain(file);
    expect(readFileSync(file, 'utf8')).toBe('notes');
  });
});
