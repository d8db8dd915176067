// If this fails, whoever is on the network gets at the water without the password, whoever reads the disk gets the
// password, or somebody who guesses passwords makes the controller late for what the water does.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_PASSWORD, openPasswords, passwordsFile, type Passwords } from '../../src/auth/passwords.ts';
import { hashOf, matches } from '../../src/auth/phc.ts';
import { countTurns } from '../support/turns.ts';

const GOOD = 'a cold bucket';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebb-passwords-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const file = (): string => passwordsFile(join(folder, '.ebb', 'journal.db'));
const open = (): Promise<Passwords> => openPasswords(file());
async function withPassword(): Promise<Passwords> {
  const passwords = await open();
  await passwords.set('mqtt', GOOD);
  return passwords;
}

describe('the passwords', () => {
  it('are none at first, and nobody gets in with none', async () => {
    const passwords = await open();
    expect(passwords.has('http')).toBe(false);
    expect(await passwords.verify('http', '')).toBe(false);
    expect(await passwords.verify('http', GOOD)).toBe(false);
  });

  it('let in whoever knows one, at what it is for only, also after a restart', async () => {
    for (const passwords of [await withPassword(), await open()]) {
      expect(passwords.has('mqtt')).toBe(true);
      expect(passwords.has('http')).toBe(false);
      expect(await passwords.verify('mqtt', GOOD)).toBe(true);
      expect(await passwords.verify('http', GOOD)).toBe(false);
      for (const wrong of ['a cold bucke', 'a cold buckeT', `${GOOD} `, ''])
        expect(await passwords.verify('mqtt', wrong)).toBe(false);
    }
  });

  it('that a person set in another process counts from the next question on', async () => {
    const running = await withPassword();
    await (await open()).set('mqtt', 'another bucket');
    expect(await running.verify('mqtt', GOOD)).toBe(false);
    expect(await running.verify('mqtt', 'another bucket')).toBe(true);
    await (await open()).set('http', GOOD);
    expect(await running.verify('http', GOOD)).toBe(true);
    expect(running.has('http')).toBe(true);
  });

  it('tell when one changed, and only then, so that logins with the old one can be ended', async () => {
    const running = await withPassword();
    const changed: string[] = [];
    running.onChange((account) => changed.push(account));
    await running.look();
    expect(changed).toEqual([]);
    await (await open()).set('http', GOOD);
    expect(running.has('http')).toBe(false);
    await running.look();
    expect(running.has('http')).toBe(true);
    await running.set('mqtt', 'another bucket');
    rmSync(file());
    await running.look();
    expect(changed).toEqual(['http', 'mqtt', 'http', 'mqtt']);
    expect(await running.verify('mqtt', 'another bucket')).toBe(false);
  });

  it('are the same typed on another keyboard', async () => {
    const passwords = await open();
    await passwords.set('http', 'füße im wasser'.normalize('NFD'));
    expect(await passwords.verify('http', 'füße im wasser'.normalize('NFC'))).toBe(true);
    expect(await passwords.verify('http', 'fuße im wasser')).toBe(false);
  });

  it.each([
    ['short', 'seven77'],
    ['empty', ''],
    ['endless', 'x'.repeat(MAX_PASSWORD + 1)],
  ])('that are %s are refused, and the old one stays', async (_, bad) => {
    const passwords = await withPassword();
    await expect(passwords.set('mqtt', bad)).rejects.toMatchObject({ code: 'usage' });
    await expect(passwords.set('mqtt', bad)).rejects.toThrow('8 to 200 characters');
    expect(await passwords.verify('mqtt', bad)).toBe(false);
    expect(await passwords.verify('mqtt', GOOD)).toBe(true);
  });

  it('as long as allowed count to their last character', async () => {
    const passwords = await open();
    const long = 'x'.repeat(MAX_PASSWORD);
    await passwords.set('http', long);
    expect(await passwords.verify('http', long)).toBe(true);
    expect(await passwords.verify('http', `${long.slice(1)}y`)).toBe(false);
  });
});

describe('the file of the passwords', () => {
  it('holds salted argon2id of 19 MiB and no password, is for its owner alone, and leaves nothing beside it', async () => {
    const passwords = await withPassword();
    await passwords.set('http', GOOD);
    const text = readFileSync(file(), 'utf8');
    expect(text).not.toContain(GOOD);
    const hashes = text.match(/\$argon2id\$v=19\$m=19456,t=2,p=1\$[^"]+/g) ?? [];
    expect(new Set(hashes).size).toBe(2);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, '.ebb'))).toEqual(['passwords.json']);
  });

  it('that others may read is refused, and lets nobody in while a controller runs', async () => {
    const running = await withPassword();
    chmodSync(file(), 0o640);
    await expect(open()).rejects.toMatchObject({ code: 'passwords_unusable' });
    await expect(open()).rejects.toThrow(file());
    expect(await running.verify('mqtt', GOOD)).toBe(false);
    chmodSync(file(), 0o600);
    expect(await running.verify('mqtt', GOOD)).toBe(true);
  });

  const hashed = '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$';
  const ofOurs = (accounts: object): string =>
    JSON.stringify({ format: 'ebb-passwords', version: 1, accounts });
  it.each([
    ['half a file', '{"format":"ebb-pass'],
    ['an empty one', ''],
    ['a password in the clear', ofOurs({ mqtt: GOOD })],
    ['another account', ofOurs({ root: `${hashed}${'A'.repeat(43)}` })],
    [
      'a hash that would take a gigabyte',
      ofOurs({ mqtt: `${hashed.replace('19456', '1048576')}${'A'.repeat(43)}` }),
    ],
    ['a newer version', JSON.stringify({ format: 'ebb-passwords', version: 2, accounts: {} })],
    ['megabytes', ofOurs({}) + ' '.repeat(1_000_000)],
  ])('that is %s is refused and left as it is', async (_, text) => {
    mkdirSync(join(folder, '.ebb'));
    writeFileSync(file(), text, { mode: 0o600 });
    await expect(open()).rejects.toMatchObject({ code: 'passwords_unusable' });
    expect(readFileSync(file(), 'utf8')).toBe(text);
  });

  it('cannot be a folder', async () => {
    mkdirSync(file(), { recursive: true, mode: 0o700 });
    await expect(open()).rejects.toMatchObject({ code: 'passwords_unusable' });
  });
});

describe('hashing', () => {
  it('gives what the reference implementation gives', async () => {
    // From the tests of the reference implementation: argon2id, version 13 hex, 64 MiB, 2 passes, 1 lane.
    const known = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await matches('password', known)).toBe(true);
    expect(await matches('passwore', known)).toBe(false);
  });

  it('never gives the same twice', async () => {
    expect(await hashOf(GOOD)).not.toBe(await hashOf(GOOD));
  });

  it('lets the event loop turn while it computes', async () => {
    const kept = await hashOf(GOOD);
    const turns = countTurns();
    // Computed on the loop, each of these would be one long turn, so there would be about as many turns as checks.
    for (let i = 0; i < 5; i += 1) await matches('wrong password', kept);
    expect(turns()).toBeGreaterThan(200);
  });

  it('does not keep a device waiting that has shown before that it knows the password', async () => {
    const passwords = await withPassword();
    expect(await passwords.verify('mqtt', GOOD)).toBe(true);
    const order: string[] = [];
    const flood = Array.from({ length: 40 }, () =>
      passwords.verify('mqtt', 'wrong password').then(
        () => order.push('wrong'),
        () => order.push('refused'),
      ),
    );
    const device = passwords.verify('mqtt', GOOD).then((right) => order.push(`device ${String(right)}`));
    await Promise.all([...flood, device]);
    expect(order.filter((what) => what !== 'refused').indexOf('device true')).toBeLessThan(3);
  });

  it('is one at a time, and a flood is refused beyond its bound without keeping the other account waiting', async () => {
    const passwords = await withPassword();
    await passwords.set('http', GOOD);
    const order: string[] = [];
    const flood = Array.from({ length: 100 }, () =>
      passwords.verify('mqtt', 'wrong password').then(
        (right) => order.push(`mqtt ${String(right)}`),
        (error: unknown) => order.push(error instanceof Error && 'code' in error ? String(error.code) : '?'),
      ),
    );
    const owner = passwords.verify('http', GOOD).then((right) => order.push(`http ${String(right)}`));
    await Promise.all([...flood, owner]);
    const checked = order.filter((what) => what !== 'login_busy');
    expect(order.length - checked.length).toBeGreaterThan(80);
    expect(checked.filter((what) => what === 'mqtt false').length).toBe(checked.length - 1);
    expect(checked.indexOf('http true')).toBeLessThanOrEqual(2);
    expect(await passwords.verify('mqtt', GOOD)).toBe(true);
  });
});
