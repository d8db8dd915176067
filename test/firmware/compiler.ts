import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { z } from 'zod';
import { MANIFEST_FILE, toolchain } from '../../firmware/build.ts';

export const manifest = z
  .strictObject({
    sourceSha256: z.string(),
    hexSha256: z.string(),
    compiler: z.string(),
    flags: z.string(),
    flashBytes: z.int(),
    ramBytes: z.int(),
  })
  .parse(JSON.parse(readFileSync(MANIFEST_FILE, 'utf8')));

/**
 * Tests that compile the firmware: with the very compiler that made the committed hex, since another makes other bytes.
 * Without it they are skipped, and say so; CI allows no skip, so there they fail.
 */
export function describeWithCompiler(title: string, suite: () => void): void {
  const found = toolchain();
  if (found === manifest.compiler) {
    describe(title, suite);
    return;
  }
  const why =
    `${found === null ? 'there is no avr-g++' : `the compiler here is "${found}"`}, and the hex was made by ` +
    `"${manifest.compiler}"; get it on Debian 12 with: apt-get install gcc-avr avr-libc`;
  if ((process.env['CI'] ?? '') !== '') {
    it(`${title}: cannot run`, () => {
      throw new Error(why);
    });
    return;
  }
  process.stderr.write(`\nSKIPPED: ${title}: ${why}\n`);
  describe.skipIf(true)(`${title} (SKIPPED: ${why})`, suite);
}
