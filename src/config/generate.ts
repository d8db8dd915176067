import { z } from 'zod';
import { DRIVERS } from '../../devices/index.ts';
import type { Drivers } from './devices.ts';
import { PROBLEM_CODES } from './problem.ts';
import { configSchema, deviceSchema } from './schema.ts';
import { isRecord } from './value.ts';

type JsonObject = Record<string, unknown>;

/** `ebb.schema.json`: what an editor needs to complete and check `ebb.yaml`. */
export function generateJsonSchema(drivers: Drivers = DRIVERS): JsonObject {
  const schema: JsonObject = z.toJSONSchema(configSchema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema !== deviceSchema) return;
      const { driver, travel } = jsonSchema.properties ?? {};
      delete jsonSchema.properties;
      delete jsonSchema.required;
      delete jsonSchema.additionalProperties;
      delete jsonSchema.type;
      jsonSchema.anyOf = Object.values(drivers).map((each) => {
        const { $schema: _, ...options } = z.toJSONSchema(each.options, { io: 'input' });
        const properties = {
          driver: { ...asObject(driver), const: each.name },
          travel: asObject(travel),
          ...options.properties,
        };
        return { ...options, properties, required: ['driver', ...(options.required ?? [])] };
      });
    },
  });
  return { ...schema, title: 'ebb.yaml' };
}

/** The text of `ebb.schema.json`. */
export function generateJsonSchemaText(drivers: Drivers = DRIVERS): string {
  return `${JSON.stringify(generateJsonSchema(drivers), null, 2)}\n`;
}

/** `docs/config.md`: every key with its unit, range and default, from the descriptions of the schema. */
export function generateConfigDocs(drivers: Drivers = DRIVERS): string {
  const schema = generateJsonSchema(drivers);
  const lines = [
    '# Config: `ebb.yaml`',
    '',
    'Generated from the schema; do not edit. `ebb check` validates a file against the same schema, and',
    '`ebb.schema.json` brings it into editors. `examples/foot-bath.yaml` is a file to start from.',
    '',
    'Temperatures, durations and flows carry their unit: `38 C`, `100 F`, `30 s`, `3 min`, `6 l/min`. `${NAME}` takes',
    'a variable from `.env` beside the file, then from the environment. Paths are relative to the file. A role takes',
    'the id of a named device, or the device itself, whose id is then `<station>-<role>`; one or a list.',
    '',
    '| key | what |',
    '|---|---|',
    ...rowsOf(schema, ''),
    '',
  ];
  for (const driver of Object.values(drivers)) {
    const options = z.toJSONSchema(driver.options, { io: 'input' });
    lines.push(
      `## Driver \`${driver.name}\``,
      '',
      '| option | what |',
      '|---|---|',
      ...rowsOf(options, ''),
      '',
    );
  }
  lines.push('## Problems', '', 'The codes of `ebb check --json`.', '', '| code | meaning |', '|---|---|');
  for (const [code, meaning] of Object.entries(PROBLEM_CODES))
    lines.push(`| \`${code}\` | ${cell(meaning)} |`);
  return `${lines.join('\n')}\n`;
}

/** One row a key, depth first; the entries of a record stand as `<id>`. */
function rowsOf(schema: JsonObject, prefix: string): string[] {
  const rows: string[] = [];
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  for (const [key, value] of Object.entries(asObject(schema['properties']))) {
    const property = asObject(value);
    const path = `${prefix}${key}`;
    const must = required.includes(key) ? ' (required)' : '';
    const what = descriptionOf(property);
    if (what !== '') rows.push(row(path, `${what}${must}`));
    rows.push(...rowsOf(property, `${path}.`), ...rowsOf(asObject(property['items']), `${path}[].`));
  }
  const entry = asObject(schema['additionalProperties']);
  if (typeof entry['$ref'] === 'string') return rows;
  return Object.keys(entry).length === 0 ? rows : [...rows, ...rowsOf(entry, `${prefix}<id>.`)];
}

const row = (path: string, what: string): string => `| \`${path}\` | ${cell(what)} |`;

function descriptionOf(property: JsonObject): string {
  const { description, const: only } = property;
  if (typeof description === 'string') return description;
  return only === undefined ? '' : `\`${JSON.stringify(only)}\``;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function asObject(value: unknown): JsonObject {
  return isRecord(value) ? value : {};
}
