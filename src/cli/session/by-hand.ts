import { randomUUID } from 'node:crypto';
import { SystemClock } from '../../clock/system.ts';
import { Recorder } from '../../controller/recorder.ts';
import { Ticks } from '../../controller/ticks.ts';
import type { TickCommand } from '../../controller/ticks.ts';
import type { Refusal } from '../../../machines/gate.ts';
import { openJournal } from '../../journal/index.ts';
import type { Home } from '../../main.ts';
import { itemsOf } from '../../protocols/index.ts';
import { controlPath } from '../../transports/control.ts';
import { openControl } from './controller.ts';

/**
 * Something ticked off or noted while no controller runs: straight into the journal, which is this process's alone
 * meanwhile, as a controller's would be.
 * @throws RefusedError controller_running, where one has just begun; JournalError
 */
export async function tickByHand(
  { config, protocols, log }: Home,
  command: TickCommand,
): Promise<Refusal | 'accepted'> {
  const control = await openControl(controlPath(config.journalPath), { running: null });
  try {
    const { journal, history } = await openJournal(config.journalPath, { log });
    const clock = new SystemClock();
    const recorder = new Recorder({ clock, journal, boot: randomUUID() });
    const ticks = new Ticks({
      items: itemsOf(protocols),
      persons: config.people.map(({ id }) => id),
      zone: config.timezone,
      ...{ simulated: config.simulated, history, wallMs: () => clock.wallMs() },
      record: (record, station) => {
        recorder.record(record, station, null);
      },
      acknowledge: () => false,
    });
    // A desk that reminds of it finds it there when it begins.
    const desk = config.desks.find(({ reminders }) =>
      reminders.some((one) => one.protocols.includes(command.item)),
    );
    try {
      return ticks.take(command, desk?.id ?? null, 'cli') ?? 'accepted';
    } finally {
      history.close();
      await recorder.close();
    }
  } finally {
    await control.close();
  }
}
