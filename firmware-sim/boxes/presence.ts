import { z } from 'zod';
import { InvariantError } from '../../src/model/errors.ts';
import { MqttThing } from '../gadgets/mqtt.ts';
import { optionsReader, type Dialect } from './box.ts';

const optionsSchema = z.object({ name: z.string() });
const readOptions = optionsReader(optionsSchema);
const EVERY_MS = 30_000;

/** `ebb presence` on a computer: on `ebb-presence/<name>`, at each change and every 30 s (docs/desk.md). */
export const presence: Dialect = {
  boxOf: (device) => readOptions(device).name,
  build: ({ clock, seed, connect, wiring }, devices) => {
    const [device] = devices;
    if (device === undefined) throw new InvariantError('invariant', 'a box without a device');
    const port = wiring.contact(device);
    const say = (): string => JSON.stringify({ present: port.read(), why: port.read() ? 'active' : 'idle' });
    const state = `ebb-presence/${readOptions(device).name}`;
    const part = { kind: 'contact', port, everyMs: EVERY_MS, say } as const;
    const gadget = new MqttThing({ clock, seed, connect, id: device.id, state, set: null, part });
    return { gadget, buttons: new Map(), valves: new Map() };
  },
};
