import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { SystemClock } from '../../src/clock/system.ts';
import { openJournal } from '../../src/journal/index.ts';

/** A process that journals as fast as it can and says on stdout what it was promised, until it is killed. */
const [path = '', round = ''] = process.argv.slice(2);
const clock = new SystemClock();
// A killed process has no time to.
flushCompileCache();
const { journal } = await openJournal(path);
let sent = 0;

function next(): void {
  const n = (sent += 1);
  const record = {
    at: new Date(clock.wallMs()).toISOString(),
    atMs: clock.nowMs(),
    boot: round,
    station: 's',
  };
  // Readings in between: what is promised covers them too.
  journal.append([{ ...record, session: 'x', type: 'reading', body: { n } }], { lazy: true });
  journal.append([{ ...record, session: 'x', type: n % 2 === 0 ? 'open' : 'close', body: { n } }], {
    durable: (error) => {
      if (error === null) writeSync(1, `${n}\n`);
      next();
    },
  });
}
for (let i = 0; i < 3; i += 1) next();
