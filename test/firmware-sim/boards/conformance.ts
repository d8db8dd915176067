import { describe, it } from 'vitest';
import type { Body, Rig } from './body.ts';
import { Talk } from './talk.ts';

/**
 * What every valve board does, whatever it is made of (docs/board-protocol.md). One suite for the firmware in the
 * emulator, a model of it and one of copper: a row that needs the pins or the water is run where they are in reach.
 *
 * An edge may come up to this much earlier or later than its time: the board counts whole milliseconds, and a request
 * that ends within one of them counts from its end. A request that falls into this window around a deadline may be
 * answered either way.
 */
export const EDGE_TOLERANCE_MS = 1.5;

/** From here on hot and cold may be opened: they rest 500 ms after a start, and thermometers have answered. */
const SETTLED_MS = 600;

export interface Bench {
  readonly body: Body;
  readonly talk: Talk;
}

export interface RigBench extends Bench {
  readonly rig: Rig;
}

export interface Suite {
  /** A row for every body. */
  readonly row: (name: string, run: (bench: Bench) => Promise<void>) => void;
  /** A row that needs pins, water or the button. */
  readonly rigRow: (name: string, run: (bench: RigBench) => Promise<void>) => void;
}

/** A board that has just started and settled, with nothing said yet but its boot line. */
export async function settled(body: Body): Promise<Talk> {
  const talk = new Talk(body);
  await talk.pass(SETTLED_MS);
  return talk;
}

export function suiteFor(
  name: string,
  make: () => Promise<Body>,
  reachable: boolean,
  rows: readonly ((suite: Suite) => void)[],
): void {
  const using = async (run: (bench: Bench) => Promise<void>): Promise<void> => {
    const body = await make();
    try {
      await run({ body, talk: await settled(body) });
    } finally {
      await body.close();
    }
  };
  describe(`the valve board: ${name}`, () => {
    const suite: Suite = {
      row: (title, run) => {
        it(title, () => using(run));
      },
      rigRow: (title, run) => {
        if (!reachable) return;
        it(title, () =>
          using(async ({ body, talk }) => {
            if (body.rig === null) throw new Error('this body has no rig');
            await run({ body, talk, rig: body.rig });
          }),
        );
      },
    };
    for (const one of rows) one(suite);
  });
}
