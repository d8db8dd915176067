import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { openJournal } from '../../src/journal/index.ts';
import type { Random } from '../../src/random/random.ts';

/** Kills a writer of one journal at random moments, again and again, and looks at what is left each time. */
export async function killOverAndOver(path: string, rounds: number, random: Random): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const boot = `round-${round}`;
    const acknowledged = await writeAndKill(path, boot, random.between(0, 40));
    const { journal, history } = await openJournal(path);
    const kept = history.records({ limit: 100_000 }).filter((record) => record.boot === boot);
    const durable = kept.filter(({ type }) => type !== 'reading').map(({ body }) => body['n']);
    // In order and without a gap, up to at least the last one that was promised, the readings in between included.
    expect(durable).toEqual(durable.map((_, index) => index + 1));
    expect(durable.length).toBeGreaterThanOrEqual(acknowledged);
    expect(kept.length).toBeGreaterThanOrEqual(acknowledged * 2);
    expect(acknowledged).toBeGreaterThan(0);
    history.close();
    await journal.close();
  }
}

/** Kills the writer some time after its first acknowledgement; returns the last one it gave. */
async function writeAndKill(path: string, boot: string, afterMs: number): Promise<number> {
  const script = new URL('writer.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, path, boot], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Most of a round is the start of a process; what it compiled once it need not compile again.
    env: { ...process.env, NODE_COMPILE_CACHE: join(dirname(path), 'compiled') },
  });
  let said = '';
  const first = new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new Error(`the writer ended by itself: ${code ?? 'killed'}`));
    });
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      resolve();
    });
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await first;
  await sleep(afterMs);
  child.kill('SIGKILL');
  await ended;
  return Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
}
