import { createRig } from '../firmware-sim/rig.ts';
import type { Rig } from '../firmware-sim/rig.ts';
import { ScaledClock } from './clock/scaled.ts';
import { VirtualClock } from './clock/virtual.ts';
import { simulatedWires } from './home-broker.ts';
import { MemoryJournal } from './journal/index.ts';
import { controllerOf, controllerOnBus } from './main.ts';
import type { Home, Running } from './main.ts';
import type { Bus, BusOptions } from './model/bus.ts';
import type { DeskSettings } from './model/desk.ts';
import { Random } from './random/random.ts';
import { MemoryBroker } from './transports/memory.ts';

/** How long a simulated person takes from the end of an exercise to the button. */
const PRESS_AFTER_MS = 2_000;

/**
 * A desk on simulated devices, with somebody who presses once all was led: in virtual time, or in real time times
 * `speed`. Nothing is opened outside this process.
 */
export function composeDesk(
  home: Home,
  desk: DeskSettings,
  { seed, speed }: { readonly seed: number; readonly speed: number | 'max' },
): Pick<Running, 'controller' | 'close'> & {
  readonly clock: VirtualClock | ScaledClock;
  readonly rig: Rig;
  readonly journal: MemoryJournal;
} {
  const clock = speed === 'max' ? new VirtualClock() : new ScaledClock(speed);
  const broker = new MemoryBroker({ clock, random: new Random(seed, 'bus') });
  const journal = new MemoryJournal({ clock, random: new Random(seed, 'journal') });
  const ids = new Random(seed, 'ids');
  const connect = (options: BusOptions): Bus => broker.connect(options);
  const wires = simulatedWires(desk.devices, { clock, seed, log: home.log });
  const rig = createRig({
    ...{ clock, seed, connect, plant: home.config.plant, person: null },
    plug: wires.plug,
    listen: wires.listen,
    station: { id: desk.id, devices: desk.devices, plumbing: 'cues' },
  });
  const bus = wires.beside(connect(controllerOnBus(home, `sim-${seed}`)));
  const controller = controllerOf(home, [], {
    ...{ clock, bus, journal, history: null, desks: [desk], simulated: true, boot: `sim-${seed}` },
    newId: () => `s-${ids.word(10)}`,
  });
  const hasButton = desk.devices.some(({ role }) => role === 'button');
  let pressed: string | null = null;
  controller.listen(desk.id, (news) => {
    if (news.type !== 'desk' || !controller.desks.desk(desk.id)?.exercise.answering) return;
    const { session } = news.state;
    if (session === pressed) return;
    pressed = session;
    clock.at(clock.nowMs() + PRESS_AFTER_MS, 'simulated press', () => {
      if (hasButton) rig.press();
      else void controller.command(desk.id, { command: 'ack' }, 'mqtt');
    });
  });
  const close = async (): Promise<void> => {
    await controller.close();
    await rig.close();
  };
  return { controller, clock, rig, journal, close };
}
