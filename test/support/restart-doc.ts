import { VERIFY_MS } from '../../machines/session-run.ts';
import { RECORD_TYPES, type RecordType } from '../../src/journal/index.ts';
import { VICTIMS, type Point } from './crash-point.ts';

/** Never a kill point: they come all the time. */
const ALL_THE_TIME: ReadonlySet<string> = new Set(['reading', 'renew']);

const MEANING: Readonly<Record<RecordType, string>> = {
  boot: 'the controller starts',
  start: 'a session was accepted',
  open: 'a valve is about to be opened; waits for the disk',
  renew: 'a lease was renewed',
  close: 'a valve was told to close',
  reading: 'a temperature; up to 5 s of them may be lost',
  proved: 'a leg of the proof test is over',
  flushed: 'a line that stood for days has run on both sides',
  begin: 'somebody pressed begin',
  exposed: 'contact is permitted from here, or to here',
  step: 'a step begins, or ends with its result',
  stop: 'somebody stopped',
  trip: 'a detector closed the water',
  end: 'a session is over',
  continue: 'a session that was stopped goes on',
  clear: 'a latched fault was cleared',
  refused: 'a command was refused',
  rebooted: 'a device restarted by itself',
  flow: 'a flow meter fell silent, or is heard again',
  taken_over: 'another controller took the client id',
  symptom: 'a person reported a symptom: their water is locked',
  lock: 'a person had too much heat: their water is locked',
  screened: 'what the screening of a person came to',
  clock: 'the wall clock was set, or the computer slept',
  reminder: 'a reminder at a desk was due, shown, put off or over',
  quiet: 'somebody asked for quiet at a desk',
  not_for_me: 'somebody said that something is not for them',
  busy: 'somebody at a desk wants not to be disturbed, or no more',
  presence: 'nobody is at a desk, or somebody came back to it',
  calendar: 'the calendars of a desk cannot be read, or can again',
  guide: 'an exercise at a desk was led',
  planned: 'when a reminder at a desk comes next',
  taken: 'a pause, a resume or an answer was accepted',
  halt: 'the controller was ended',
  tick: 'something was ticked off or noted by hand',
};

export interface MatrixFacts {
  readonly speed: number;
  readonly leaseMs: number;
  readonly points: readonly Point[];
}

/** docs/restart.md, from one run of the whole matrix. */
export function restartDoc({ speed, leaseMs, points }: MatrixFacts): string {
  return `# After a crash

What is left when the controller, its broker or its computer goes away in the middle of something. Measured, not promised: \`ebb serve\` runs against \`ebb devices simulate\` on a Mosquitto, each in a process of its own, at ${speed} times real time; one of them is killed with \`kill -9\` right after a record of the journal appeared on disk, over whole sessions: one with a pause that runs to its end, and one that is stopped, continued, refused a second start, scalded by a thermometer that reads 45 °C, and cleared. \`test/system/crash-matrix.long.test.ts\` does it (\`npm run test:long\`) and writes this page when \`EBB_RESTART_DOC=1\` is set; \`npm test\` does a few points by seed.

| killed | kill points | water was running | worst time to closed (lease ${leaseMs / 1_000} s) | records lost | opened by itself |
| ------ | ----------- | ----------------- | ------------------------------------ | ------------ | ---------------- |
${VICTIMS.map((victim) =>
  row(
    victim,
    points.filter((point) => point.victim === victim),
  ),
).join('\n')}

A controller has some 44 such moments in the two sessions, and a broker as many. Fewer in the table mean that the run it is from was cut short by a computer with too much to do: the test fails then, and what it had measured stands here.

The time to closed is that of the true valve: from the kill until the last one is shut, in simulated time, the travel of the valve and what it takes to see it included. It is never too short.

## What survives

- **Water does not.** Each valve closes by its own lease. The restarted controller says close to every valve before anything else, and opens nothing by itself: for 15 s after each restart neither an open on the wire nor a true valve that moves.
- **Every record that was read from the journal before the kill** is there afterwards, unchanged. Every open that went out on the wire has its record: it waits for the disk.
- **The session does not go on.** It has one end, \`aborted\` with \`controller_restarted\`, and its contact up to the last record counts. One that had its end keeps the one it had. Where the broker died it is aborted by the controller, which lives. Only a start that has opened nothing yet waits for a broker that is back at once: it closes first, goes on once every valve is verified closed, and is given up ${VERIFY_MS / 1_000} s after it was asked for.
- **A latched fault** is latched after the restart, and waits for a clear at the station.
- **Readings** of the last 5 s may be lost, and nothing hangs on them.
- A controller that is killed again while it restarts changes none of this.

## After which record

Records that came in one write are one moment; it is counted under the last of them. \`reading\` and \`renew\` come all the time and are no kill points.

| record | says | kill points | worst time to closed |
| ------ | ---- | ----------- | -------------------- |
${RECORD_TYPES.map((type) => typeRow(type, points)).join('\n')}

## A power cut in the middle of a write

\`test/journal/torn.ts\` takes a journal that was cut off in a cold step and ends its write-ahead log at, or puts another value into, each byte of the last transaction in turn (seeded bytes of the last ten in \`npm test\`). Each time it opens; every transaction before the one that was torn is there, record for record, and of that one nothing is; the session is known as cut off; and the journal is written on. A record that somebody was told of is on disk: \`synchronous = FULL\`. A byte that rots later in the database itself is another matter: SQLite has no checksums there. What breaks its structure is found at the start and refused, with the file left as it is ([errors.md](errors.md), \`journal_damaged\`); a letter that becomes another one inside of a record is not found.

## A disk that is full

\`test/system/disk-full.long.test.ts\` puts the journal of a real \`ebb run\` on a small file system and fills it up in a warm step. What runs goes on as long as it may; the next valve is not opened, since its record cannot be written, and 2 s later the session is given up with everything closed. STOP needs no record and is as fast as ever. With room again the session is found as cut off, and gets its one end.
`;
}

function row(victim: string, points: readonly Point[]): string {
  const sum = (of: (point: Point) => number): number => points.reduce((all, point) => all + of(point), 0);
  const wet = points.filter(({ shutMs }) => shutMs !== null);
  return `| ${[victim, points.length, wet.length, worst(points), sum(({ lost }) => lost), sum(({ resumed }) => resumed)].join(' | ')} |`;
}

function typeRow(type: RecordType, points: readonly Point[]): string {
  const own = points.filter(({ after }) => after.split(' ')[0] === type);
  const kills = ALL_THE_TIME.has(type) ? 'none' : String(own.length);
  return `| \`${type}\` | ${MEANING[type]} | ${kills} | ${worst(own)} |`;
}

function worst(points: readonly Point[]): string {
  const times = points.flatMap(({ shutMs }) => (shutMs === null ? [] : [shutMs]));
  return times.length === 0 ? '-' : `${(Math.max(...times) / 1_000).toFixed(1)} s`;
}
