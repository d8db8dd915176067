import { z } from 'zod';
import { InvariantError } from '../../src/model/errors.ts';
import { Desktop } from '../gadgets/desktop.ts';
import { optionsReader, type Dialect } from './box.ts';

const optionsSchema = z.object({ as: z.enum(['bell', 'notification']) });
const readOptions = optionsReader(optionsSchema);

/** Each device has a bell, or a notification, of its own. */
export const desktop: Dialect = {
  boxOf: ({ id }) => id,
  build: ({ connect, wiring }, devices) => {
    const [device] = devices;
    if (device === undefined) throw new InvariantError('invariant', 'a box without a device');
    const { as: part } = readOptions(device);
    const gadget = new Desktop({ id: device.id, part, connect, port: wiring.notice(device) });
    return { gadget, buttons: new Map(), valves: new Map() };
  },
};
