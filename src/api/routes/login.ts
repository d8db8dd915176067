import rateLimit from '@fastify/rate-limit';
import { z } from 'zod';
import { COOKIE } from '../door.ts';
import { askedOf, sourceOf } from '../guard.ts';
import type { Parts, Server } from '../parts.ts';
import { PROBLEMS } from '../problem.ts';
import { meSchema } from '../schemas.ts';

/** Not `secure`: Ebb itself speaks no TLS, and a browser would not send it. */
const COOKIE_OPTIONS = { httpOnly: true, sameSite: 'strict', path: '/' } as const;

export function loginRoutes(app: Server, parts: Parts): void {
  app.get(
    '/api/v1/me',
    { config: { open: true }, schema: { summary: 'Who asks', response: { 200: meSchema, ...PROBLEMS } } },
    async (request) => {
      const door = parts.door();
      const login_needed = door !== null && !(await door.admits(request.cookies[COOKIE]));
      return { source: sourceOf(askedOf(request)), login_needed };
    },
  );
  app.post(
    '/api/v1/login',
    {
      config: { open: true },
      schema: {
        summary: 'Log in; the answer sets a cookie',
        body: z.strictObject({ password: z.string().max(1_000) }),
        response: { 204: z.undefined().describe('logged in'), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const door = parts.door();
      // Without a door there is nothing to open.
      if (door === null) return reply.code(204).send();
      const address = rateLimit.normalizeIP(request.ip);
      const id = await door.login(request.body.password, address, request.cookies[COOKIE]);
      return reply.setCookie(COOKIE, id, COOKIE_OPTIONS).code(204).send();
    },
  );
  app.post(
    '/api/v1/logout',
    {
      config: { open: true },
      schema: { summary: 'Log out', response: { 204: z.undefined().describe('logged out'), ...PROBLEMS } },
    },
    async (request, reply) => {
      parts.door()?.logout(request.cookies[COOKIE]);
      return reply.clearCookie(COOKIE, COOKIE_OPTIONS).code(204).send();
    },
  );
}
