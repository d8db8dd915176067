import { join } from 'node:path';
import { openHttp } from '../../api/index.ts';
import type { RunningHttp } from '../../api/index.ts';
import { passwordsFile } from '../../auth/passwords.ts';
import { VERSION } from '../../main.ts';
import type { Home } from '../../main.ts';
import { LinkError } from '../../model/errors.ts';
import { BLOCK_LIST } from '../../people.ts';
import { packageRoot } from '../../protocols/index.ts';

/** The page and its API of a home, where its config says. They serve nothing until there is a controller. */
export function openPage({ config, protocols, log }: Home, port = config.http.port): Promise<RunningHttp> {
  return openHttp({
    host: config.http.host,
    port,
    hosts: config.http.hosts,
    passwordsFile: passwordsFile(config.journalPath),
    web: join(packageRoot(), 'web'),
    site: config.site,
    version: VERSION,
    temperatureUnit: config.temperatureUnit,
    protocols,
    blockList: config.people.length === 0 ? BLOCK_LIST : null,
    log,
  });
}

/** The usual port, so that people find the page; another one where that is taken. */
export async function openPageSomewhere(home: Home): Promise<RunningHttp> {
  try {
    return await openPage(home);
  } catch (error) {
    if (!(error instanceof LinkError) || error.code !== 'port_in_use') throw error;
    return openPage(home, 0);
  }
}
