import type { Happening, ReadingEvent, SessionFacts, Tick } from '../trace.ts';
import { isSupply, Sides } from './outputs.ts';
import { Readings } from './readings.ts';
import { Steps } from './steps.ts';
import { Troubles } from './troubles.ts';

/** The longest that a judge looks back at readings, milliseconds. */
const KEEP_MS = 20_000;

/**
 * What several judges go by, found out once: the recorder tells it of everything before it tells any of them, and they
 * only read it. By the trace alone, like whatever a judge finds out by itself.
 */
export class Seen {
  readonly troubles = new Troubles();
  readonly sides = new Sides();
  readonly steps: Steps;
  /** Of every thermometer of the station. */
  readonly readings: Readings;
  /** At this tick some supply is truly open, whatever holds it. */
  open = false;

  constructor(facts: SessionFacts) {
    this.steps = new Steps(facts, this.sides, this.troubles);
    const probes = facts.station.devices.filter(({ role }) => role === 'thermometer');
    this.readings = new Readings(
      probes.map(({ id }) => id),
      KEEP_MS,
    );
  }

  event(event: Happening): void {
    this.troubles.event(event);
    this.sides.event(event);
    this.steps.event(event);
  }

  reading(reading: ReadingEvent): void {
    this.readings.reading(reading);
  }

  tick(tick: Tick): void {
    this.open = isAnyOpen(tick);
    this.steps.tick(tick);
  }
}

function isAnyOpen({ open }: Tick): boolean {
  for (const output in open) if (open[output] === true && isSupply(output)) return true;
  return false;
}
