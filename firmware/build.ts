/**
 * `npm run firmware:build`: compiles the board's firmware to `board.hex` and writes `manifest.json` beside it. The hex is
 * committed, since the simulator runs it and people flash it; the manifest ties it to its source and to the compiler
 * that makes exactly these bytes (Debian 12: gcc-avr 1:5.4.0+Atmel3.6.2-3, avr-libc 1:2.0.0+Atmel3.6.2-3).
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FOLDER = import.meta.dirname;

export const HEX_FILE = join(FOLDER, 'board.hex');
export const MANIFEST_FILE = join(FOLDER, 'manifest.json');

const FLAGS = [
  ...['-mmcu=atmega328p', '-DF_CPU=16000000UL', '-Os', '-std=gnu++11', '-Wall', '-Wextra', '-Werror'],
  ...['-fno-exceptions', '-fno-threadsafe-statics', '-ffunction-sections', '-fdata-sections'],
  // A switch stays code: as a table it would lie in RAM.
  '-fno-tree-switch-conversion',
  ...['-flto', '-Wl,--gc-sections'],
];

export interface Built {
  /** Intel hex. */
  readonly hex: string;
  readonly flashBytes: number;
  /** Static; the stack comes on top. */
  readonly ramBytes: number;
}

const sources = (ending: RegExp): string[] =>
  readdirSync(FOLDER)
    .filter((name) => ending.test(name))
    .sort();

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { cwd: FOLDER, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Of every source and header, names included. */
export function sourceDigest(): string {
  const files = sources(/\.(cpp|h)$/);
  return sha256(files.map((name) => `${name}\n${readFileSync(join(FOLDER, name), 'utf8')}`).join('\0'));
}

/** Compiler, linker and library, or null where there is none. */
export function toolchain(): string | null {
  try {
    const first = (program: string): string => run(program, '--version').split('\n')[0] ?? '';
    const macros = run('avr-g++', '-mmcu=atmega328p', '-dM', '-E', '-include', 'avr/version.h', 'limits.h');
    const libc = /__AVR_LIBC_VERSION_STRING__ "(.*)"/.exec(macros)?.[1] ?? 'none';
    return `${first('avr-g++')}; ${first('avr-ld')}; avr-libc ${libc}`;
  } catch {
    return null;
  }
}

/** `defines` builds a mutant for the tests: the name of one of the `MUTANT_...` switches in the source. */
export function build(...defines: string[]): Built {
  const folder = mkdtempSync(join(tmpdir(), 'ebb-firmware-'));
  try {
    const elf = join(folder, 'board.elf');
    const hex = join(folder, 'board.hex');
    // A mutant has something left over; that is no error.
    const mutant = defines.length === 0 ? [] : ['-Wno-error', ...defines.map((name) => `-D${name}`)];
    run('avr-g++', ...FLAGS, ...mutant, ...sources(/\.cpp$/), '-o', elf);
    run('avr-objcopy', '-O', 'ihex', '-R', '.eeprom', elf, hex);
    const sizes = new Map(
      run('avr-size', '-A', elf)
        .split('\n')
        .map((line) => line.split(/\s+/))
        .map(([section = '', bytes]) => [section, Number(bytes)]),
    );
    const size = (...names: string[]): number => names.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
    return {
      hex: readFileSync(hex, 'utf8'),
      flashBytes: size('.text', '.data'),
      ramBytes: size('.data', '.bss', '.noinit'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const flags = (): string => FLAGS.join(' ');

if (import.meta.main) {
  const compiler = toolchain();
  if (compiler === null) {
    console.error('There is no avr-g++. On Debian or Ubuntu: apt-get install gcc-avr avr-libc');
    process.exit(1);
  }
  const { hex, flashBytes, ramBytes } = build();
  writeFileSync(HEX_FILE, hex);
  const manifest = {
    sourceSha256: sourceDigest(),
    hexSha256: sha256(hex),
    compiler,
    flags: flags(),
    flashBytes,
    ramBytes,
  };
  writeFileSync(MANIFEST_FILE, `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(`firmware/board.hex: ${flashBytes} bytes of flash, ${ramBytes} of RAM, by ${compiler}`);
}
