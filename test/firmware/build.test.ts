import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HEX_FILE, build, flags, sha256, sourceDigest } from '../../firmware/build.ts';
import { describeWithCompiler, manifest } from './compiler.ts';

/*
 * If this fails, the hex that people flash and the simulator runs is not what the source says: somebody changed one and
 * not the other. `npm run firmware:build` makes them agree.
 */

const hex = readFileSync(HEX_FILE, 'utf8');

describe('the committed firmware', () => {
  it('was built from the source that is here', () => {
    expect(sourceDigest()).toBe(manifest.sourceSha256);
    expect(flags()).toBe(manifest.flags);
  });

  it('is the hex that the manifest means', () => {
    expect(sha256(hex)).toBe(manifest.hexSha256);
  });

  it('leaves room: three quarters of the flash, half of the memory for the stack', () => {
    expect(manifest.flashBytes).toBeLessThan(32_768 / 4 + 4096);
    expect(manifest.ramBytes).toBeLessThan(1024);
  });
});

describeWithCompiler('built again', () => {
  it('it is the same, byte for byte', () => {
    const again = build();
    expect(again.hex).toBe(hex);
    expect(again).toMatchObject({ flashBytes: manifest.flashBytes, ramBytes: manifest.ramBytes });
  });
});
