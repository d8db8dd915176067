// Without these: the demonstration says that water closes when things break, and it does not, or says a wrong time.
import { afterAll, expect, it } from 'vitest';
import { cleanUp } from '../support/process.ts';
import { describeWith } from '../support/programs.ts';
import { runInTerminal, type Terminal } from '../support/terminal.ts';

const SPEED = '40';
/** The lease, and what the valve needs to shut. */
const LEASE_MS = 10_000;
const TRAVEL_MS = 1_000;

afterAll(cleanUp);

/** Presses f until the terminal says that this is about to break. */
async function choose(terminal: Terminal, name: string): Promise<number> {
  const from = terminal.out().length;
  for (let presses = 0; presses < 5; presses += 1) {
    const seen = terminal.out().length;
    terminal.press('f');
    const [, chosen] = await terminal.reads(/about to break: (.*?), when/, 5_000, seen);
    if (chosen === name) return from;
  }
  throw new Error(`f does not offer "${name}"`);
}

const msOf = (text: string | undefined): number => Number((text ?? '').replaceAll(',', ''));

describeWith(['script'], 'f in the demonstration', () => {
  it('freezes the controller, breaks the supply with its guard, and goes on after Enter', async ({
    onTestFinished,
  }) => {
    const terminal = runInTerminal(['serve', '--demo', '--speed', SPEED]);
    onTestFinished(() => {
      terminal.kill();
    });
    await terminal.reads(/f: break something/, 20_000);
    let from = await choose(terminal, 'controller frozen');
    await terminal.reads(/BROKEN: the controller is frozen/, 30_000, from);
    const lease = await terminal.reads(/CLOSED by the lease: .* ([\d,]+) ms after/, 20_000, from);
    expect(msOf(lease[1])).toBeGreaterThan(0);
    expect(msOf(lease[1])).toBeLessThanOrEqual(LEASE_MS + TRAVEL_MS);
    await terminal.reads(/Enter again · f break something/, 20_000, from);

    from = await choose(terminal, 'supply at 60 C and the scald guard broken');
    terminal.press('\r');
    await terminal.reads(/mended/, 10_000, from);
    const trip = await terminal.reads(
      /CLOSED by a detector: (T[123]) \w+ tripped ([\d,]+) ms after .* shut after ([\d,]+) ms/,
      40_000,
      from,
    );
    expect(msOf(trip[3])).toBeGreaterThanOrEqual(msOf(trip[2]));
    await terminal.reads(/Enter again · f break something/, 20_000, from);

    // A latched fault, and hot water in the pipe: Enter clears what has to be cleared, and a session begins.
    from = terminal.out().length;
    terminal.press('\r');
    await terminal.reads(/PREPARING/, 20_000, from);
    terminal.press('q');
    expect(await terminal.exit).toBe(0);
  }, 150_000);
});
