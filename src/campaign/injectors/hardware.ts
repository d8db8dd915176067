import type { HardwareFaults } from '../../../firmware-sim/faults/index.ts';
import type { Rig } from '../../../firmware-sim/rig.ts';

/** The hands of the faults on the hardware of a rig. */
export function hardwareOf({ faults, plant, drawn, contacts }: Rig): HardwareFaults {
  return {
    ...faults,
    drawn,
    supply: (supplies) => {
      plant.set(supplies);
    },
    wet: (device, wet) => {
      contacts.get(device)?.set(wet);
    },
    network: (device, up) => {
      if (up) faults.reconnect(device);
      else faults.disconnect(device);
    },
  };
}
