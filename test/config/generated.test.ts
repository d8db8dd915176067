// If this fails, editors and docs/config.md tell people something else than `ebb check` does. After a change of the
// schema run `npm run generate`.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { DRIVERS } from '../../devices/index.ts';
import { generateConfigDocs, generateJsonSchema, generateJsonSchemaText } from '../../src/config/generate.ts';

const committed = (name: string) => readFileSync(resolve(import.meta.dirname, '../..', name), 'utf8');

test('ebb.schema.json is that of the code', () => {
  expect(committed('ebb.schema.json')).toBe(generateJsonSchemaText());
});

test('docs/config.md is that of the code', () => {
  expect(committed('docs/config.md')).toBe(generateConfigDocs());
});

test('the JSON schema knows the options of each driver, and refuses unknown keys', () => {
  const driver = z.object({
    additionalProperties: z.literal(false),
    properties: z.looseObject({ driver: z.object({ const: z.string() }) }),
  });
  const schema = z.object({
    additionalProperties: z.literal(false),
    required: z.tuple([z.literal('stations')]),
    $defs: z.object({ device: z.object({ anyOf: z.array(driver) }) }),
  });
  const known = schema.parse(generateJsonSchema()).$defs.device.anyOf.map(({ properties }) => properties);
  expect(known.map((properties) => properties.driver.const)).toEqual(Object.keys(DRIVERS));
  const of = (name: string) => known.find((properties) => properties.driver.const === name);
  expect(of('esphome')).toMatchObject({ node: { type: 'string' } });
  expect(of('tasmota')).toMatchObject({ relay: { type: 'integer' } });
  expect(of('shelly')).toMatchObject({ prefix: { type: 'string' }, gen: { enum: [1, 2], default: 2 } });
});
