import { z } from 'zod';
import type { Server } from './parts.ts';

const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.unknown()),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()).default({}) }),
});

const REF = /"#\/components\/schemas\/([^"]+)"/g;

/** The OpenAPI document, made of the schemas that the routes check with; of the named ones only what it refers to. */
export function openApi(app: Server): Record<string, unknown> {
  const document = documentSchema.parse(app.swagger());
  const { schemas } = document.components;
  const used = new Set<string>();
  const follow = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(REF)) {
      if (used.has(name)) continue;
      used.add(name);
      follow(schemas[name] ?? null);
    }
  };
  follow(document.paths);
  const named = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  return { ...document, components: { ...document.components, schemas: named } };
}
