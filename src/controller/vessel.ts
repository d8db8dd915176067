import { interlockDeadline, interlockInit, interlockStep } from '../../machines/interlock.ts';
import type { Filling, InterlockInput, InterlockOutput, InterlockState } from '../../machines/interlock.ts';
import type { WatchInput, WatchState, WatchStep } from '../../machines/watch/index.ts';
import { watchInit, watchStep } from '../../machines/watch/index.ts';
import type { Level } from '../model/device.ts';
import type { DeviceId } from '../model/ids.ts';
import type { Soonest } from './soonest.ts';
import type { VesselSettings } from './station-settings.ts';

/** One body of water: what its watch has seen, and what its interlock lets out. */
export class Vessel {
  readonly settings: VesselSettings;
  lock: InterlockState;
  watch: WatchState;
  /** The thermometers that have read something since the broker's link last changed. */
  readonly #heard = new Set<DeviceId>();

  constructor(settings: VesselSettings) {
    this.settings = settings;
    this.lock = interlockInit(settings.interlock);
    this.watch = watchInit();
  }

  /** Whether what this device says or does belongs to this water. */
  has(device: DeviceId): boolean {
    return this.settings.devices.includes(device);
  }

  judge(input: InterlockInput, atMs: number): readonly InterlockOutput[] {
    if (input.type === 'blind') this.#heard.clear();
    const step = interlockStep(this.settings.interlock, this.lock, input, atMs);
    this.lock = step.state;
    return step.out;
  }

  observe(input: WatchInput, atMs: number): WatchStep {
    if (input.type === 'temperature' && input.valueC !== null) this.#heard.add(input.device);
    const step = watchStep(this.settings.watch, this.watch, input, atMs);
    this.watch = step.state;
    return step;
  }

  /** What the interlock of a basin fills by. */
  filling(level: Level | null, takenAtMs: number): Filling | null {
    const { basin } = this.settings;
    if (basin === null || level === null) return null;
    if (level.by === 'float') return { full: level.high, enough: level.high, takenAtMs };
    const { volumeL } = basin.machine;
    return { full: level.litres >= volumeL, enough: level.litres >= volumeL / 2, takenAtMs };
  }

  deadlines(soonest: Soonest): void {
    soonest.add(interlockDeadline(this.settings.interlock, this.lock));
    soonest.add(this.watch.deadlineMs);
  }

  /** Every needed thermometer has spoken lately (L20). */
  hasFreshReadings(atMs: number): boolean {
    return atMs - this.oldestReading() <= this.settings.watch.readingAgeMs;
  }

  /** Warm water rests on every needed thermometer, so on the one that has been silent longest. */
  oldestReading(): number {
    const { latest } = this.watch.facts;
    let oldestMs = Infinity;
    for (const id of this.settings.watch.thermometers) {
      const takenMs = this.#heard.has(id) ? latest[id]?.takenAtMs : undefined;
      oldestMs = Math.min(oldestMs, takenMs ?? -Infinity);
    }
    return oldestMs;
  }
}
