// If this fails, session and interlock disagree in some order of events: contact with the wrong side open or wanted,
// water after STOP, both sides open, a session that asks and is never let.
import { expect, test } from 'vitest';
import { planOf } from '../support.ts';
import { explore } from './explore.ts';
import type { ProductMove, ProductNode } from './product-space.ts';
import { productSpace } from './product-space.ts';
import { stateOf } from './session-space.ts';
import type { SessionWorld } from './session-space.ts';

const world: SessionWorld = {
  name: 'contrast on two valves, begun at the button',
  settings: {
    kind: 'bath',
    plumbing: 'two-valves',
    vessel: 'stream',
    drainMs: 0,
    prepareMs: 0,
    purgeMs: 180_000,
    pauseMs: 60_000,
    presence: false,
  },
  request: { id: 's', plan: planOf(1), person: 'guest', dry: false },
};

test('session and interlock together', { timeout: 240_000 }, () => {
  const complaints = new Map<string, string>();
  const seen = new Set<string>();
  const { nodes, edges } = explore(productSpace(world), ({ from, move, to }, way) => {
    const said = complaint(from, move, to);
    if (said !== null && !complaints.has(said))
      complaints.set(
        said,
        way()
          .map((one) => JSON.stringify(one).replaceAll('"', '').slice(0, 90))
          .join(' '),
      );
    for (const side of ['hot', 'cold'] as const)
      if (to.real[side] === 'open' && to.session.standing.exposed)
        seen.add(`${side} in ${stateOf(to.session)}`);
  });
  console.info(`session and interlock: ${nodes.size} states, ${edges} edges`);
  expect(Object.fromEntries(complaints)).toEqual({});
  expect([...seen].sort()).toEqual(
    expect.arrayContaining(['cold in running.contact', 'hot in running.contact']),
  );
});

function complaint(from: ProductNode, move: ProductMove, to: ProductNode): string | null {
  const { hot, cold } = to.real;
  const state = stateOf(to.session);
  const { standing } = to.session;
  if (hot !== 'shut' && cold !== 'shut') return 'both are open';
  if (standing.exposed && !state.startsWith('running.')) return `contact in ${state}`;
  if ('both' in move && move.both !== 'clear' && (hot === 'open' || cold === 'open'))
    return `open after ${move.both}`;
  const opens =
    (from.real.hot !== 'open' && hot === 'open') || (from.real.cold !== 'open' && cold === 'open');
  if (opens && to.lock.block !== null) return `opened while blocked, in ${state}`;
  if (opens && standing.water === null) return `opened what the session does not want, in ${state}`;
  if (opens && (standing.water === 'warm') !== (hot === 'open')) return `the wrong side opened in ${state}`;
  return null;
}
