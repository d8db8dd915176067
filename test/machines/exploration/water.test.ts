// If this fails, some order of wants, reports, lost devices and late clocks has hot and cold open at once, or opens water
// after a stop, whatever the session asks for.
import { expect, test } from 'vitest';
import { explore } from './explore.ts';
import type { WaterMove, WaterNode, WaterStep } from './water-space.ts';
import { NOW } from './session-space.ts';
import { takeWater, waterInit, waterKey, waterMoves } from './water-space.ts';

test(
  'hot and cold are never both open, whatever is asked for and whatever the valves do',
  { timeout: 240_000 },
  () => {
    const complaints = new Map<string, string>();
    let opens = 0;
    let last: WaterStep | null = null;
    const { nodes, edges } = explore<WaterNode, WaterMove>(
      {
        initial: [waterInit()],
        key: waterKey,
        moves: waterMoves,
        take(node, move) {
          last = takeWater(node, move);
          return last.node;
        },
      },
      ({ from, to, move }, way) => {
        const said = complaint(from, to, move, last?.out ?? []);
        if (last?.out.some(({ type }) => type === 'open') === true) opens += 1;
        if (said !== null && !complaints.has(said))
          complaints.set(
            said,
            way()
              .map((one) => JSON.stringify(one))
              .join(' '),
          );
      },
    );
    console.info(
      `interlock and two valves: ${nodes.size} states, ${edges} edges, ${opens} of them open a valve`,
    );
    expect(Object.fromEntries(complaints)).toEqual({});
    expect(opens).toBeGreaterThan(8);
  },
);

function complaint(from: WaterNode, to: WaterNode, move: WaterMove, out: WaterStep['out']): string | null {
  if (to.real.hot !== 'shut' && to.real.cold !== 'shut') return 'both are open';
  const closes = new Set(out.flatMap((one) => (one.type === 'close' ? [one.device] : [])));
  const stops = 'input' in move && move.input.type === 'stop';
  if (stops && closes.size < 2) return 'STOP does not close everything';
  if (stops && [to.real.hot, to.real.cold].includes('open')) return 'STOP leaves a valve open';
  if (from.stopped && to.stopped && out.some(({ type }) => type === 'open' || type === 'renew'))
    return 'stopped, and it opens';
  const opened = out.find(({ type }) => type === 'open');
  const other = opened?.type === 'open' && opened.device === 'hot' ? 'cold' : 'hot';
  if (opened !== undefined && from.lock.devices[other]?.closedAtMs === NOW) return 'opened within the break';
  return null;
}
