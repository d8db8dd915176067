import { loadConfig } from '../config/index.ts';
import type { Config, LoadOptions } from '../config/index.ts';
import { readDocument } from '../config/document.ts';
import type { Problem } from '../config/problem.ts';
import { isRecord } from '../config/value.ts';
import { checkDefaults } from './defaults.ts';
import { loadLibrary, protocolOf } from './load.ts';
import type { Protocol } from './protocol.ts';

/** What `ebb check` knows of one file. */
export type CheckedFile =
  | { readonly kind: 'config'; readonly config: Config | null; readonly problems: readonly Problem[] }
  | { readonly kind: 'protocol'; readonly protocol: Protocol | null; readonly problems: readonly Problem[] };

const OF_A_CONFIG = ['mqtt', 'devices', 'people', 'units', 'site', 'http', 'journal', 'simulated', 'sim'];
const OF_A_PROTOCOL = [
  'id',
  'title',
  'kind',
  'source',
  'steps',
  'cycles',
  'end_with',
  'evidence',
  'screening',
];

/** A config and a protocol file share no keys but `stations`: whichever the file has more keys of, it is. */
export function looksLikeProtocol(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const count = (keys: readonly string[]): number => keys.filter((key) => Object.hasOwn(value, key)).length;
  const stations = isRecord(value['stations']) ? 1 : 0;
  return count(OF_A_PROTOCOL) > count(OF_A_CONFIG) + stations;
}

/** Checks a config (with its library and its defaults) or a protocol file, whichever it is. */
export function checkFile(file: string, options: LoadOptions): CheckedFile {
  const { document } = readDocument(file);
  if (document !== null && looksLikeProtocol(document.value))
    return { kind: 'protocol', ...protocolOf(document) };
  const { config, problems } = loadConfig(file, options);
  if (config === null) return { kind: 'config', config, problems };
  const library = loadLibrary(config.library);
  const all = [...problems, ...checkDefaults(config, library.protocols, file), ...library.problems];
  return {
    kind: 'config',
    config: all.some((problem) => problem.severity === 'error') ? null : config,
    problems: all,
  };
}
