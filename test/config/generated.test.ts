// If this fails, editors and docs/config.md tell people something else than `ebb check` does. After a change of the
// schema run `npm run generate`.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { generateConfigDocs, generateJsonSchema, generateJsonSchemaText } from '../../src/config/generate.ts';

const committed = (name: string) => readFileSync(resolve(import.meta.dirname, '../..', name), 'utf8');

test('ebb.schema.json is that of the code', () => {
  expect(committed('ebb.schema.json')).toBe(generateJsonSchemaText());
});

test('docs/config.md is that of the code', () => {
  expect(committed('docs/config.md')).toBe(generateConfigDocs());
});

test('the JSON schema knows the options of each driver, and refuses unknown keys', () => {
  expect(generateJsonSchema()).toMatchObject({
    additionalProperties: false,
    required: ['stations'],
    $defs: {
      device: {
        anyOf: [
          {
            properties: { driver: { const: 'esphome' }, node: { type: 'string' } },
            additionalProperties: false,
          },
          {
            properties: { driver: { const: 'tasmota' }, relay: { type: 'integer' } },
            additionalProperties: false,
          },
        ],
      },
    },
  });
});
