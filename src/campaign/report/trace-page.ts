import type { Verdict } from '../run.ts';
import type { Sample, Timeline } from '../timeline.ts';
import type { TraceEvent } from '../trace.ts';
import { SCRIPT, STYLE } from './trace-page-assets.ts';

/** Of the drawing, in its own units. */
const WIDTH = 1_200;
const LEFT = 150;
const TEMP_HEIGHT = 260;
const ROW = 22;
const TOP = 20;

/** A span of a row: what is drawn as one bar. */
interface Bar {
  readonly fromMs: number;
  readonly toMs: number;
  readonly label: string;
  readonly look: string;
}
interface Lane {
  readonly name: string;
  readonly bars: readonly Bar[];
}

/**
 * One session as one self-contained page: true and read temperatures, valves, leases, states, feet, faults, trips and
 * violations on one axis of time. Nothing is loaded from anywhere.
 */
export function tracePage(timeline: Timeline, verdict: Verdict): string {
  const endMs = Math.max(1, timeline.samples.at(-1)?.atMs ?? 1);
  const x = (atMs: number): string => (LEFT + ((WIDTH - LEFT) * atMs) / endMs).toFixed(1);
  const lanes = lanesOf(timeline, endMs);
  const height = TOP + TEMP_HEIGHT + lanes.length * ROW + 40;
  const drawing = [
    ...temperatures(timeline, x),
    ...lanes.flatMap((lane, index) => laneOf(lane, TOP + TEMP_HEIGHT + 14 + index * ROW, x)),
    ...marks(timeline, verdict, x, TOP + TEMP_HEIGHT + 14 + lanes.length * ROW),
    ...seconds(endMs, x, height - 8),
  ];
  const { scenario, outcome, reason, violations, dose, hash } = verdict;
  const title = `Ebb: ${scenario.protocol} at ${scenario.house}, seed ${scenario.seed}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${text(title)}</h1>
<p class="facts"><b>SIMULATED</b> · ${text(outcome)}${reason === null ? '' : `: ${text(reason.replaceAll('_', ' '))}`} · dose ${dose.toFixed(3)} · ${text(`${timeline.samples.length} looks at the truth, hash ${hash}`)}</p>
${violations.map((one) => `<p class="violation">${text(`${one.invariant} at ${clock(one.atMs)}: ${one.what}`)}</p>`).join('\n')}
<p class="legend"><span class="k true"></span>true water <span class="k read"></span>thermometer <span class="k fault"></span>fault <span class="k trip"></span>trip, violation <span class="k open"></span>open <span class="k lease"></span>lease</p>
<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${text(title)}" data-left="${LEFT}" data-width="${WIDTH}" data-end="${endMs}">
${drawing.join('\n')}
<line id="cursor" y1="${TOP}" y2="${height - 24}" x1="-9" x2="-9"/>
</svg>
<p id="now" aria-live="polite"></p>
<details><summary>Events</summary><pre>${text(eventsText(timeline.events))}</pre></details>
<script>const SAMPLES = ${json(compact(timeline.samples))}; const VESSELS = ${json(timeline.vessels)};${SCRIPT}</script>
</body>
</html>
`;
}

// --- temperatures ----------------------------------------------------------------------------------------------------

const MIN_C = 0;
const MAX_C = 65;

function y(valueC: number): string {
  const share = (Math.min(MAX_C, Math.max(MIN_C, valueC)) - MIN_C) / (MAX_C - MIN_C);
  return (TOP + TEMP_HEIGHT * (1 - share)).toFixed(1);
}

function temperatures(
  { samples, vessels, events }: Timeline,
  x: (atMs: number) => string,
): readonly string[] {
  const grid = [0, 10, 20, 30, 40, 50, 60].map(
    (valueC) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${y(valueC)}" y2="${y(valueC)}"/><text class="axis" x="${LEFT - 8}" y="${y(valueC)}">${valueC} °C</text>`,
  );
  const bands = [
    `<rect class="warm" x="${LEFT}" width="${WIDTH - LEFT}" y="${y(40)}" height="${Number(y(36.7)) - Number(y(40))}"/>`,
    `<rect class="cold" x="${LEFT}" width="${WIDTH - LEFT}" y="${y(15.6)}" height="${Number(y(10)) - Number(y(15.6))}"/>`,
    `<line class="limit" x1="${LEFT}" x2="${WIDTH}" y1="${y(43)}" y2="${y(43)}"/>`,
  ];
  const truth = vessels.map((name, index) => {
    const points = samples
      .filter((_, n) => n % 2 === 0)
      .map(({ atMs, waterC }) => `${x(atMs)},${y(waterC[index] ?? 0)}`);
    return `<polyline class="true v${index}" points="${points.join(' ')}"><title>${text(name)}</title></polyline>`;
  });
  const reads = events.flatMap((event) =>
    event.type === 'reading' && event.kind === 'temperature' && typeof event.value === 'number'
      ? [`<circle class="read" cx="${x(event.atMs)}" cy="${y(event.value)}" r="1.2"/>`]
      : [],
  );
  return [...bands, ...grid, ...reads, ...truth];
}

// --- lanes -----------------------------------------------------------------------------------------------------------

function lanesOf(timeline: Timeline, endMs: number): readonly Lane[] {
  const { events } = timeline;
  return [
    { name: 'phase', bars: states(events, endMs) },
    {
      name: 'permitted',
      bars: spans(
        events,
        endMs,
        (event) => (event.type === 'permitted' ? ['', event.on] : null),
        'permitted',
      ),
    },
    { name: 'feet', bars: feetBars(events, endMs) },
    ...outputsOf(events).map((output) => ({
      name: output,
      bars: spans(
        events,
        endMs,
        (event) => (event.type === 'moved' && event.output === output ? [output, event.open] : null),
        'open',
      ),
    })),
    ...leasedOf(events).map((device) => ({ name: `lease ${device}`, bars: leases(events, device, endMs) })),
    ...faultsOf(events).map((id) => ({
      name: id,
      bars: spans(
        events,
        endMs,
        (event) => (event.type === 'fault' && event.id === id ? [faultLabel(event.args), event.on] : null),
        'fault',
      ),
    })),
    {
      name: 'process',
      bars: spans(
        events,
        endMs,
        (event) =>
          event.type === 'booted'
            ? [`start ${event.boot}`, true]
            : event.type === 'died'
              ? ['', false]
              : null,
        'process',
      ),
    },
  ];
}

function faultLabel(args: Readonly<Record<string, unknown>>): string {
  return Object.entries(args)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
}

/** From each on to the next off. */
function spans(
  events: readonly TraceEvent[],
  endMs: number,
  read: (event: TraceEvent) => readonly [label: string, on: boolean] | null,
  look: string,
): readonly Bar[] {
  const bars: Bar[] = [];
  let open: { readonly fromMs: number; readonly label: string } | null = null;
  for (const event of events) {
    const found = read(event);
    if (found === null) continue;
    const [label, on] = found;
    if (open !== null) bars.push({ ...open, toMs: event.atMs, look });
    open = on ? { fromMs: event.atMs, label } : null;
  }
  if (open !== null) bars.push({ ...open, toMs: endMs, look });
  return bars;
}

function states(events: readonly TraceEvent[], endMs: number): readonly Bar[] {
  const changes = events.flatMap((event) =>
    event.type === 'state' ? [{ fromMs: event.atMs, label: event.phase }] : [],
  );
  const first = changes.filter(({ label }, index) => label !== changes[index - 1]?.label);
  return first.map(({ fromMs, label }, index) => ({
    fromMs,
    toMs: first[index + 1]?.fromMs ?? endMs,
    label,
    look: `phase ${label}`,
  }));
}

function feetBars(events: readonly TraceEvent[], endMs: number): readonly Bar[] {
  return spans(
    events,
    endMs,
    (event) => (event.type === 'feet' ? [event.vessel ?? '', event.vessel !== null] : null),
    'feet',
  );
}

function leases(events: readonly TraceEvent[], device: string, endMs: number): readonly Bar[] {
  return events.flatMap((event, index): readonly Bar[] => {
    if (
      event.type !== 'command' ||
      event.device !== device ||
      event.leaseMs === null ||
      event.action === 'close'
    )
      return [];
    const next = events.slice(index + 1).find((later) => later.type === 'command' && later.device === device);
    const toMs = Math.min(event.atMs + event.leaseMs, next?.atMs ?? endMs, endMs);
    return [{ fromMs: event.atMs, toMs, label: `${event.action} for ${event.leaseMs} ms`, look: 'lease' }];
  });
}

const outputsOf = (events: readonly TraceEvent[]): readonly string[] => [
  ...new Set(events.flatMap((event) => (event.type === 'moved' ? [event.output] : []))),
];
const leasedOf = (events: readonly TraceEvent[]): readonly string[] => [
  ...new Set(
    events.flatMap((event) => (event.type === 'command' && event.leaseMs !== null ? [event.device] : [])),
  ),
];
const faultsOf = (events: readonly TraceEvent[]): readonly string[] => [
  ...new Set(events.flatMap((event) => (event.type === 'fault' ? [event.id] : []))),
];

function laneOf({ name, bars }: Lane, top: number, x: (atMs: number) => string): readonly string[] {
  const drawn = bars.map(({ fromMs, toMs, label, look }) => {
    const width = Math.max(0.8, Number(x(toMs)) - Number(x(fromMs)));
    const word =
      width > label.length * 6.2
        ? `<text class="bar" x="${Number(x(fromMs)) + 3}" y="${top + 12}">${text(label)}</text>`
        : '';
    const title = `${name} ${label} ${clock(fromMs)} to ${clock(toMs)}`;
    return `<rect class="${text(look)}" x="${x(fromMs)}" y="${top}" width="${width.toFixed(1)}" height="${ROW - 6}"><title>${text(title)}</title></rect>${word}`;
  });
  return [
    `<text class="axis" x="${LEFT - 8}" y="${top + 12}">${text(name.length > 24 ? `${name.slice(0, 23)}…` : name)}<title>${text(name)}</title></text>`,
    ...drawn,
  ];
}

function marks(
  { events }: Timeline,
  { violations }: Verdict,
  x: (atMs: number) => string,
  bottom: number,
): readonly string[] {
  const mark = (atMs: number, label: string): string =>
    `<line class="trip" x1="${x(atMs)}" x2="${x(atMs)}" y1="${TOP}" y2="${bottom}"><title>${text(label)}</title></line><text class="mark" x="${x(atMs)}" y="${TOP - 6}">${text(label.split(' ')[0] ?? '')}</text>`;
  return [
    ...events.flatMap((event) =>
      event.type === 'trip'
        ? [mark(event.atMs, `${event.detector} ${event.code} at ${clock(event.atMs)}`)]
        : [],
    ),
    ...violations.map(({ invariant, atMs, what }) => mark(atMs, `${invariant} ${what} at ${clock(atMs)}`)),
  ];
}

function seconds(endMs: number, x: (atMs: number) => string, top: number): readonly string[] {
  const every = [5, 10, 30, 60, 120, 300, 600].find((s) => endMs / 1_000 / s <= 16) ?? 1_200;
  return Array.from({ length: Math.floor(endMs / 1_000 / every) + 1 }, (_, n) => {
    const atMs = n * every * 1_000;
    return `<text class="time" x="${x(atMs)}" y="${top}">${clock(atMs)}</text>`;
  });
}

// --- words -----------------------------------------------------------------------------------------------------------

function clock(atMs: number): string {
  const s = atMs / 1_000;
  return `${Math.floor(s / 60)}:${(s % 60).toFixed(s % 1 === 0 ? 0 : 1).padStart(s % 1 === 0 ? 2 : 4, '0')}`;
}

function eventsText(events: readonly TraceEvent[]): string {
  return events
    .filter(({ type }) => type !== 'reading')
    .map(({ atMs, type, ...rest }) => `${clock(atMs).padStart(8)}  ${type.padEnd(9)} ${JSON.stringify(rest)}`)
    .join('\n');
}

function compact(samples: readonly Sample[]): readonly unknown[] {
  return samples
    .filter((_, n) => n % 4 === 0)
    .map(({ atMs, waterC, feet }) => [atMs, waterC.map((c) => Math.round(c * 10) / 10), feet]);
}

/** JSON that cannot end the script that it stands in. */
function json(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}

function text(raw: string): string {
  return raw.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
