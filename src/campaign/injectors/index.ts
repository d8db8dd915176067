import type {
  FaultFacts,
  FaultWorld,
  PersonFaults,
  ProcessFaults,
} from '../../../firmware-sim/faults/index.ts';
import type { Rig } from '../../../firmware-sim/rig.ts';
import type { Clock } from '../../clock/clock.ts';
import { MemoryJournal } from '../../journal/index.ts';
import type { HistoryReader, Journal, JournalRecord, StoredRecord } from '../../journal/index.ts';
import type { Bus } from '../../model/bus.ts';
import { Random } from '../../random/random.ts';
import { silentLog } from '../../model/log.ts';
import { MemoryPorts } from '../../transports/memory-ports.ts';
import type { MemoryBroker } from '../../transports/memory.ts';
import { withPorts } from '../../transports/port-dialects.ts';
import { Disk } from './disk.ts';
import { hardwareOf } from './hardware.ts';
import { HostClock } from './host-clock.ts';
import { Process } from './process.ts';
import { Wires } from './wires.ts';
import type { Wire } from './wires.ts';

export interface InjectorOptions {
  /** The world's. */
  readonly clock: Clock;
  readonly seed: number;
  readonly broker: MemoryBroker;
  /** The serial ports of the controller's computer. */
  readonly ports: MemoryPorts;
  readonly clientId: string;
  /** What the journal holds from before the first run. */
  readonly past: readonly JournalRecord[];
  /** The controller's process has been killed; `comesBack` with the next `reboot`. */
  died(comesBack: boolean): void;
  reboot(): void;
  /** A second controller of the same config comes up, on another computer and under the same client id. */
  second(run: Run): void;
}

/** What one run of a controller is made of. */
export interface Run {
  /** From 1. */
  readonly boot: number;
  readonly process: Process;
  readonly bus: Bus;
  readonly journal: Journal;
  readonly history: HistoryReader;
}

/** Stands between the controller and its world, and breaks what the faults say. */
export class Injectors {
  readonly wires: Wires;
  readonly host: HostClock;
  readonly disk = new Disk();
  readonly #options: InjectorOptions;
  #run: { readonly process: Process; readonly wire: Wire; readonly memory: MemoryJournal } | null = null;
  #boots = 0;
  #backMs: number | null = null;
  #records: readonly StoredRecord[];

  constructor(options: InjectorOptions) {
    this.#options = options;
    const { clock, seed, broker, clientId } = options;
    this.#records = options.past.map((record, place) => ({ ...record, seq: place + 1 }));
    this.host = new HostClock(clock);
    this.wires = new Wires({ clock, broker, clientId, random: new Random(seed, 'wires') });
  }

  /** The controller's next run: with the journal that the one before left. */
  boot(): Run {
    this.#boots += 1;
    const boot = this.#boots;
    const process = new Process(this.host, () => {
      this.#died();
    });
    const memory = this.#memory(`journal ${boot}`, this.#records);
    const wire = this.#connect();
    this.#run = { process, wire, memory };
    return {
      boot,
      process,
      bus: process.bus(this.#withPorts(wire, process, this.#options.ports)),
      journal: process.journal(memory, this.disk),
      history: memory.history,
    };
  }

  /** The process that is there, or was there last. @throws RangeError none has been there */
  get process(): Process {
    if (this.#run === null) throw new RangeError('no process has been started');
    return this.#run.process;
  }

  /** What the faults may lay their hands on. */
  world(rig: Rig, facts: FaultFacts, say: PersonFaults['say']): FaultWorld {
    const { clock, seed } = this.#options;
    const { person } = rig;
    return {
      nowMs: () => clock.nowMs(),
      at: (atMs, callback) => {
        clock.at(atMs, 'fault', callback);
      },
      random: new Random(seed, 'fault details'),
      facts,
      hardware: hardwareOf(rig),
      bus: this.wires,
      time: this.host,
      process: this.#processFaults(),
      disk: this.disk,
      person: {
        say,
        silent: () => person?.become('silent'),
        leave: () => person?.become('gone'),
        faint: () => person?.become('fainted'),
        recover: () => person?.become('well'),
      },
    };
  }

  #processFaults(): ProcessFaults {
    return {
      isAlive: () => this.process.alive,
      crash: (backMs) => {
        this.#backMs = backMs;
        this.process.kill();
      },
      crashAt: (boundary, nth, backMs, dies) => {
        this.process.doom(boundary, nth, () => {
          this.#backMs = backMs;
          dies?.();
        });
      },
      second: (forMs) => {
        this.#second(forMs);
      },
    };
  }

  #died(): void {
    const options = this.#options;
    const { clock } = options;
    if (this.#run === null) return;
    this.#records = this.disk.left(this.#run.memory);
    this.wires.died(this.#run.wire);
    const backMs = this.#backMs;
    options.died(backMs !== null);
    if (backMs !== null)
      clock.at(clock.nowMs() + backMs, 'the controller is started again', () => {
        options.reboot();
      });
  }

  #second(forMs: number): void {
    const options = this.#options;
    const { clock } = options;
    const host = new HostClock(clock);
    const wire = this.#connect();
    const process = new Process(host, () => {
      this.wires.died(wire);
      if (this.#run !== null) this.wires.rejoin(this.#run.wire);
    });
    const memory = this.#memory('second journal', []);
    const disk = new Disk();
    options.second({
      boot: 0,
      process,
      // At another computer, where no board is plugged in.
      bus: process.bus(this.#withPorts(wire, process, new MemoryPorts(clock))),
      journal: process.journal(memory, disk),
      history: memory.history,
    });
    clock.at(clock.nowMs() + forMs, 'the second controller is stopped', () => {
      process.kill();
    });
  }

  #withPorts(wire: Wire, process: Process, ports: MemoryPorts): Bus {
    const { seed } = this.#options;
    return withPorts(wire, {
      ports: process.ports(ports),
      clock: process.clock,
      random: new Random(seed, 'port waits'),
      log: silentLog,
    });
  }

  #connect(): Wire {
    return this.wires.connect({
      clientId: this.#options.clientId,
      will: { topic: 'ebb/status', payload: 'offline', retain: true },
    });
  }

  #memory(stream: string, records: readonly StoredRecord[]): MemoryJournal {
    const { clock, seed } = this.#options;
    return new MemoryJournal({ clock, random: new Random(seed, stream), records });
  }
}

export type { Process } from './process.ts';
