import type { Rig } from '../../../firmware-sim/rig.ts';
import type { DeviceSettings } from '../../model/station.ts';
import type { Freezer } from './freezer.ts';

/** What a demonstration can break. */
export interface Breakable {
  readonly rig: Rig;
  readonly freezer: Freezer;
  readonly devices: readonly DeviceSettings[];
}

/** Who is expected to close the water, and therefore what is waited for. */
export type Rescue = 'lease' | 'detector' | 'guard';

export interface Breakage {
  readonly name: string;
  /** What happens, in a sentence. */
  readonly says: string;
  readonly rescue: Rescue;
  /** It is over within seconds, and worth a slower look. */
  readonly fast: boolean;
  readonly break: (parts: Breakable) => void;
}

const HOT_C = 60;

/** In the order in which `f` offers them. */
export const BREAKAGES: readonly [Breakage, ...Breakage[]] = [
  {
    name: 'controller frozen',
    says: 'the controller is frozen: it hears nothing, says nothing, renews nothing',
    rescue: 'lease',
    fast: true,
    break: ({ freezer }) => {
      freezer.freeze();
    },
  },
  {
    name: 'thermometer frozen',
    says: 'the thermometer goes on saying what it says now, whatever the water does',
    rescue: 'detector',
    fast: false,
    break: ({ rig, devices }) => {
      for (const { id, role } of devices) {
        if (role !== 'thermometer') continue;
        let saidC: number | null = null;
        rig.faults.probe(id, (readingC) => (saidC ??= readingC));
      }
    },
  },
  {
    name: `supply at ${HOT_C} C`,
    says: `the boiler delivers ${HOT_C} C; the scald guard is whole`,
    rescue: 'guard',
    fast: true,
    break: ({ rig }) => {
      rig.plant.set({ hotC: HOT_C });
    },
  },
  {
    name: `supply at ${HOT_C} C and the scald guard broken`,
    says: `the boiler delivers ${HOT_C} C, and the scald guard lets it through`,
    rescue: 'detector',
    fast: true,
    break: ({ rig }) => {
      rig.plant.set({ hotC: HOT_C, guardC: HOT_C });
    },
  },
  {
    name: 'hot valve stuck open',
    says: 'the hot valve stays open, whatever its relay says',
    rescue: 'detector',
    fast: false,
    break: ({ rig }) => {
      rig.faults.jam('hot', true);
    },
  },
];

/** Everything is whole again. */
export function mend({ rig, freezer, devices }: Breakable): void {
  freezer.thaw();
  rig.faults.jam('hot', null);
  rig.plant.set({ hotC: rig.drawn.hot_c, guardC: rig.drawn.guard_c });
  for (const { id, role } of devices) if (role === 'thermometer') rig.faults.probe(id, null);
}
