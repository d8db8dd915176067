import files from '@fastify/static';
import { existsSync } from 'node:fs';
import type { Parts, Server } from '../parts.ts';

/** What a page is made of; nothing else of its folder is served. */
const SERVED = /^\/([\w-]+\.(html|js|css|svg|webmanifest))?$/;

/** `/`: the files of the page, as they are. */
export async function pageRoutes(app: Server, { home }: Parts, folder: string): Promise<void> {
  if (!existsSync(folder)) {
    home.log.warn({ folder }, 'the installation is incomplete: there is no page; the API works');
    return;
  }
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, open: true };
    });
    await scope.register(files, {
      root: folder,
      allowedPath: (path) => SERVED.test(path),
      dotfiles: 'deny',
      redirect: false,
      // Only files that are there become routes.
      wildcard: false,
      // A new version of Ebb brings a new page: a browser asks each time, and is mostly told that nothing changed.
      cacheControl: false,
      setHeaders: (reply) => {
        void reply.header('cache-control', 'no-cache');
      },
      schemaHide: true,
    });
  });
}
