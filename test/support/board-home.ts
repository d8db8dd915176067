import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, newFolder } from './process.ts';

/**
 * A foot bath on a valve board at `port`, as `ebb.yaml` in a folder of its own; by default at a path beside it, where
 * nothing is yet.
 */
export async function writeBoardHome(
  simulated: boolean,
  more = '',
): Promise<{ folder: string; file: string; port: string }> {
  const folder = newFolder();
  const file = join(folder, 'ebb.yaml');
  const port = join(folder, 'board');
  writeFileSync(
    file,
    `simulated: ${simulated}
mqtt: { listen: 127.0.0.1:${await freePort()} }
http: { port: 0 }
stations:
  foot-bath:
    kind: bath
    vessel: stream
    hot: { driver: board, port: ${port}, valve: 1 }
    cold: { driver: board, port: ${port}, valve: 2 }
    thermometer: { driver: board, port: ${port}, temperature: 1 }
    button: { driver: board, port: ${port}, button: 1 }
    light: { driver: board, port: ${port}, light: 1 }
    buzzer: { driver: board, port: ${port}, buzzer: 1 }
    scald_guard: { by: valve, max: 41 C }
    begin_from: [button, page, cli${simulated ? ', mqtt' : ''}]
${more}`,
  );
  return { folder, file, port };
}
