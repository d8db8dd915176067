// If this fails, the firmware that is flashed leads an exercise too fast, too slow or not at all, or its button is not
// heard. It is the committed hex in the emulated chip, with driver and transport in front of it.
import { afterAll, expect, test } from 'vitest';
import { silentLog } from '../../../src/model/log.ts';
import { controllerOf } from '../../../src/main.ts';
import { loadLibrary } from '../../../src/protocols/index.ts';
import { Folder, configOf } from '../../config/support.ts';
import { MemoryJournal } from '../../../src/journal/index.ts';
import { Random } from '../../../src/random/random.ts';
import { BoardBench, PORT } from '../../devices/board-bench.ts';
import type { Edge } from '../../firmware-sim/boards/body.ts';

const folder = new Folder();
const bench = new BoardBench();
afterAll(() => {
  folder.dispose();
  bench.close();
});

/** When a pin went up for the first time after a rest of at least a second: a passive buzzer goes up with each wave. */
function beginnings(edges: readonly Edge[], pin: Edge['pin'], fromMs: number): readonly number[] {
  const ups = edges.filter((edge) => edge.pin === pin && edge.high && edge.atMs >= fromMs);
  return ups.flatMap(({ atMs }, index) => (atMs - (ups[index - 1]?.atMs ?? -Infinity) < 1_000 ? [] : [atMs]));
}

test('calf raises on our board: ten beats 2 s apart on the pins of light and buzzer, the button, the row', async () => {
  const config = configOf(
    folder.load(`
simulated: true
stations:
  desk:
    kind: desk
    light: { driver: board, port: ${PORT}, light: 1 }
    buzzer: { driver: board, port: ${PORT}, buzzer: 1 }
    button: { driver: board, port: ${PORT}, button: 1 }
`),
  );
  const { clock, bus, body } = bench;
  const journal = new MemoryJournal({ clock, random: new Random(1, 'journal') });
  const home = { config, protocols: loadLibrary([]).protocols, log: silentLog };
  const controller = controllerOf(home, [], {
    ...{ clock, bus, journal, history: null, desks: config.desks, simulated: true, boot: 'test' },
    newId: () => 's-1',
  });
  bench.run(3_000);
  const startMs = clock.nowMs();
  await controller.command('desk', { command: 'start', protocol: 'calf-raises' }, 'cli');
  bench.run(32_000);
  for (const pin of ['light', 'buzzer'] as const) {
    const beats = beginnings(body.rig.edges, pin, startMs + 4_500);
    const since = beats.slice(0, 10).map((atMs) => atMs - startMs - 5_000);
    expect(since, pin).toHaveLength(10);
    for (const [index, ms] of since.entries())
      expect(Math.abs(ms - index * 2_000), `${pin}, beat ${index + 1}`).toBeLessThan(100);
  }
  expect(controller.desks.desk('desk')?.exercise.answering).toBe(true);
  body.rig.press(true);
  bench.run(150);
  body.rig.press(false);
  bench.run(2_000);
  const [last] = journal.history.records({ types: ['guide'], limit: 1 });
  expect(last?.body).toMatchObject({
    event: 'ended',
    result: { protocol: 'calf-raises', outcome: 'complete', source: 'button', repetitions: 10 },
  });
  expect(body.rig.high('light')).toBe(false);
  expect(['v1', 'v2', 'v3', 'v4'].filter((pin) => body.rig.edges.some((edge) => edge.pin === pin))).toEqual(
    [],
  );
  await controller.close();
});
