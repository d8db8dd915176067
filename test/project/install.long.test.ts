import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './sources.ts';

/*
 * If this fails, whoever installs Ebb with npm gets a command that does not start: something was not compiled, not
 * packed, or is found only in a checkout. The real tarball, a real global install into a folder of its own, a real run.
 */

const folder = mkdtempSync(join(tmpdir(), 'ebb-install-'));
const prefix = join(folder, 'global');
const home = join(folder, 'empty');

/** As on a computer of somebody else: nothing of this checkout or its npm scripts is in the environment. */
const env = {
  PATH: `${join(prefix, 'bin')}:${join(process.execPath, '..')}:/usr/bin:/bin`,
  HOME: process.env['HOME'] ?? folder,
  NO_COLOR: '1',
};

const ebb = (...args: string[]) =>
  spawnSync('ebb', args, { cwd: home, env, encoding: 'utf8', timeout: 60_000 });

beforeAll(() => {
  mkdirSync(home);
  const pack = npm('pack', '--pack-destination', folder);
  expect(pack.status, pack.stderr).toBe(0);
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  // What `npm ci` has fetched lies in the cache of npm; the rest as docs/install.md has it.
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--omit=optional', '--ignore-scripts'];
  const install = npm('install', '--global', '--prefix', prefix, ...flags, join(folder, tarball));
  expect(install.status, install.stderr).toBe(0);
}, 180_000);

afterAll(() => {
  // Thousands of files: on a busy disk that takes longer than a hook usually may.
  rmSync(folder, { recursive: true, force: true });
}, 180_000);

function npm(...args: string[]) {
  return spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8', timeout: 170_000 });
}

describe('a global install of the packed tarball, in an empty folder', () => {
  it('ebb init && ebb check && ebb run --sim', async () => {
    const init = ebb('init');
    expect(init.status, init.stderr).toBe(0);
    expect(readdirSync(home)).toEqual(['ebb.yaml']);
    const check = ebb('check');
    expect(check.status, check.stdout + check.stderr).toBe(0);
    const run = ebb('run', '--sim', '--speed', 'max', '--seed', '1');
    expect(run.status, run.stderr).toBe(0);
    expect(run.stdout).toContain('SIMULATED');

    // The same at the pace of people; whoever has seen it prepare stops it.
    const live = spawn('ebb', ['run', '--sim', '--json'], {
      cwd: home,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    live.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('"hot":"open"')) live.kill('SIGINT');
    });
    expect(await once(live, 'exit')).toEqual([3, null]);
  });

  it('serves its page, and finds its library', () => {
    const protocols = ebb('protocols', '--json');
    expect(protocols.status, protocols.stderr).toBe(0);
    expect(protocols.stdout).toContain('contrast-shower');
    const root = join(prefix, 'lib', 'node_modules', 'ebb');
    expect(readdirSync(join(root, 'web'))).toContain('index.html');
    expect(readdirSync(join(root, 'packaging', 'systemd'))).toEqual(['ebb.service']);
  });
});
