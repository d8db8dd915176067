import { z } from 'zod';

/**
 * `subscribe_entities` of Home Assistant: entities as they are, then what changes of them, as its own frontend has it
 * (home-assistant-js-websocket, entities.ts). It needs no administrator, and tells of the asked entities alone, where
 * `subscribe_events` tells of the whole house.
 */
const attributes = z.record(z.string(), z.unknown());
const addedSchema = z.object({ s: z.string(), a: attributes.default({}) });
const changeSchema = z.object({
  '+': z.object({ s: z.string().optional(), a: attributes.optional() }).optional(),
  '-': z.object({ a: z.array(z.string()).optional() }).optional(),
});
export const updateSchema = z.object({
  a: z.record(z.string(), addedSchema).optional(),
  c: z.record(z.string(), changeSchema).optional(),
  r: z.array(z.string()).optional(),
});
export type Update = z.infer<typeof updateSchema>;

export interface EntityState {
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What is known of the entities of one connection. */
export class States {
  readonly #known = new Map<string, EntityState>();

  get(entity: string): EntityState | null {
    return this.#known.get(entity) ?? null;
  }

  /** Takes an update in; returns the entities that it is of. */
  update({ a = {}, c = {}, r = [] }: Update): readonly string[] {
    for (const [entity, { s, a: all }] of Object.entries(a))
      this.#known.set(entity, { state: s, attributes: all });
    for (const [entity, { '+': more, '-': less }] of Object.entries(c)) {
      const before = this.#known.get(entity);
      // A change of what was never told has nothing to be a change of.
      if (before === undefined) continue;
      const gone = new Set(less?.a ?? []);
      const left = Object.entries({ ...before.attributes, ...more?.a }).filter(([name]) => !gone.has(name));
      this.#known.set(entity, { state: more?.s ?? before.state, attributes: Object.fromEntries(left) });
    }
    for (const entity of r) this.#known.delete(entity);
    return [...new Set([...Object.keys(a), ...Object.keys(c), ...r])];
  }
}
