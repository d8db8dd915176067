import type { SimRequest } from './request.ts';

/** As a person named them, so that they can be named again. */
export interface Asked {
  readonly config?: string | undefined;
  readonly station?: string | undefined;
  readonly protocol?: string | undefined;
}

/** The words that run this again, as a shell takes them. */
export function commandOf(
  {
    config,
    protocol,
    station,
    faults,
    mode,
    steady,
  }: Omit<SimRequest, 'config' | 'station' | 'protocol'> & Asked,
  how: { readonly seed: number; readonly sessions?: number; readonly replay?: boolean },
): string {
  const words = ['ebb', 'sim'];
  if (config !== undefined) words.push('--config', quoted(config));
  if (station !== undefined) words.push('--station', quoted(station));
  if (protocol !== undefined) words.push('--protocol', quoted(protocol));
  if (mode !== 'safety') words.push('--mode', mode);
  words.push('--seed', String(how.seed));
  if (how.sessions !== undefined) words.push('--sessions', String(how.sessions));
  if (faults !== 'all') words.push('--faults', quoted(faults));
  if (steady === true) words.push('--steady');
  if (how.replay === true) words.push('--replay');
  return words.join(' ');
}

/** The same for a desk. */
export function deskCommandOf({ config, station }: Asked, days: number, seed: number): string {
  const words = ['ebb', 'sim'];
  if (config !== undefined) words.push('--config', quoted(config));
  if (station !== undefined) words.push('--station', quoted(station));
  words.push('--days', String(days), '--seed', String(seed));
  return words.join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`;
}
