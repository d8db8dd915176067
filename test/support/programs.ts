import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'vitest';

/** Programs that no npm package brings, and how to get them. Some stand outside of the PATH of a plain user. */
const PROGRAMS = {
  mosquitto: 'apt-get install mosquitto, or brew install mosquitto',
  mosquitto_passwd: 'apt-get install mosquitto, or brew install mosquitto',
  openssl: 'apt-get install openssl, or brew install openssl',
  script: 'apt-get install bsdutils (Linux only)',
  'docker-compose': 'apt-get install docker-compose',
} as const;
export type Program = keyof typeof PROGRAMS;

const MORE_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'];

/** Where a program is; null where it is not installed. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...MORE_FOLDERS];
  const files = folders.filter((folder) => folder !== '').map((folder) => join(folder, name));
  return files.find(isProgram) ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @throws Error that says how to get it */
export function programPath(name: Program): string {
  const found = findProgram(name);
  if (found === null) throw new Error(missing(name));
  return found;
}

function missing(name: Program): string {
  return `${name} is not installed; get it with: ${PROGRAMS[name]}`;
}

/**
 * Tests that need programs beside Node. Where one is missing they are skipped, and say so; CI allows no skip, so
 * there they fail.
 */
export function describeWith(programs: readonly Program[], title: string, suite: () => void): void {
  const reasons = programs.filter((name) => findProgram(name) === null).map(missing);
  if (reasons.length === 0) {
    describe(title, suite);
    return;
  }
  const why = reasons.join('; ');
  if ((process.env['CI'] ?? '') !== '') {
    it(`${title}: cannot run`, () => {
      throw new Error(why);
    });
    return;
  }
  process.stderr.write(`\nSKIPPED: ${title}: ${why}\n`);
  describe.skipIf(true)(`${title} (SKIPPED: ${why})`, suite);
}
