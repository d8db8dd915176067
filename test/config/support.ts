import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/index.ts';
import type { Config, Loaded, Problem } from '../../src/config/index.ts';

/** A folder of its own for files that a test writes; gone when `dispose` is called. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'ebb-config-'));

  write(name: string, content: string | Uint8Array): string {
    const file = join(this.path, name);
    writeFileSync(file, content);
    return file;
  }

  load(text: string, env: Readonly<Record<string, string>> = {}): Loaded {
    return loadConfig(this.write('ebb.yaml', text), { env });
  }

  dispose(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export function errorsOf(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter((problem) => problem.severity === 'error');
}

/** The config, or a failure that shows what was wrong with the file. */
export function configOf(loaded: Loaded): Config {
  if (loaded.config === null)
    throw new Error(loaded.problems.map((p) => `${p.line}: ${p.path} ${p.message}`).join('\n'));
  return loaded.config;
}

/** A station that opens water and has nothing to complain about but its button. */
export const FOOT_BATH = `
mqtt:
  url: mqtt://broker.local
stations:
  foot-bath:
    kind: bath
    vessel: stream
    hot: { driver: tasmota, topic: bath-valves, relay: 1 }
    cold: { driver: tasmota, topic: bath-valves, relay: 2 }
    thermometer: { driver: esphome, node: bath-probe, sensor: water }
    scald_guard: { by: valve, max: 41 C }
`;
