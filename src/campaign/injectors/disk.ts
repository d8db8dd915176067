import type { DiskFaults } from '../../../firmware-sim/faults/index.ts';
import type { AppendOptions, JournalRecord, MemoryJournal, StoredRecord } from '../../journal/index.ts';

/** The disk under the journals of one computer: what is broken on it stays broken over a restart. */
export class Disk implements DiskFaults {
  #failing: 'full' | 'io' | null = null;
  #slowMs = 0;
  #torn = false;

  fail(how: 'full' | 'io' | null): void {
    this.#failing = how;
  }

  slow(byMs: number): void {
    this.#slowMs = byMs;
  }

  tear(): void {
    this.#torn = true;
  }

  append(memory: MemoryJournal, records: readonly JournalRecord[], options: AppendOptions): void {
    memory.failing = this.#failing;
    if (this.#slowMs > 0) memory.stall(this.#slowMs);
    memory.append(records, options);
  }

  /** What a process that was killed left of its journal. */
  left(memory: MemoryJournal): readonly StoredRecord[] {
    const torn = this.#torn;
    this.#torn = false;
    return memory.crash(torn);
  }
}
