import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { generateFaultDocs } from '../campaign/fault-docs.ts';
import { generateConfigDocs, generateJsonSchemaText } from '../config/generate.ts';
import { generateMachinesDocs } from '../docs/charts.ts';

/** `npm run generate`: everything in the repository that is made from the code. Tests compare each with its file. */
const GENERATED: Readonly<Record<string, () => string>> = {
  'docs/machines.md': generateMachinesDocs,
  'docs/faults.md': generateFaultDocs,
  'docs/config.md': () => generateConfigDocs(),
  'ebb.schema.json': () => generateJsonSchemaText(),
};

const root = resolve(import.meta.dirname, '../..');
for (const [file, make] of Object.entries(GENERATED)) {
  writeFileSync(resolve(root, file), make());
  process.stdout.write(`${file}\n`);
}
