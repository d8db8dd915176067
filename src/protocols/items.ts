import type { Item } from '../model/item.ts';
import type { Protocol } from './protocol.ts';

const WATER: readonly string[] = ['contrast', 'soak'];

/** What can be ticked off or noted by hand: not water, which is counted by who measured it, and not what is only to be read. */
export function itemsOf(protocols: readonly Protocol[]): readonly Item[] {
  return protocols
    .filter(({ kind }) => !WATER.includes(kind) && kind !== 'info')
    .map(({ id, title, kind, perDay }) => ({
      ...{ id, title },
      perDay: kind === 'checklist' ? 1 : (perDay?.[1] ?? null),
    }));
}
