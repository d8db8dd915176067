/** @import { ReadingNews } from './types.d.ts' */

/** A reading older than this is not shown as the water's temperature any more: the controller's milliseconds. */
const FRESH_MS = 10_000;

/** The last temperature of each thermometer of one station. */
export class Readings {
  /** @type {Map<string, { valueC: number, atMs: number }>} */
  #byDevice = new Map();

  /** @param {ReadingNews} news */
  add({ device, kind, value, at }) {
    if (kind !== 'temperature') return;
    if (typeof value === 'number') this.#byDevice.set(device, { valueC: value, atMs: Date.parse(at) });
    else this.#byDevice.delete(device);
  }

  /**
   * The warmest fresh reading, as everything about heat goes by it; null where there is none.
   * @param {number} nowMs the controller's wall clock
   */
  warmestC(nowMs) {
    const fresh = [...this.#byDevice.values()].filter(({ atMs }) => nowMs - atMs <= FRESH_MS);
    return fresh.length === 0 ? null : Math.max(...fresh.map(({ valueC }) => valueC));
  }

  clear() {
    this.#byDevice.clear();
  }
}
