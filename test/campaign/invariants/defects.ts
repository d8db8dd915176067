import { STEADY } from './broken.ts';
import type { Defect } from './broken.ts';
import { aWeekAgo, anHourAgo, beginsBy, remembers, twiceAsLong, warms, withoutLastStep } from './planting.ts';

/** By invariant: defects that break its promise, and no other before it. */
export const DEFECTS: Readonly<Record<string, readonly Defect[]>> = {
  I1: [
    {
      what: 'a plan of six cycles is accepted',
      breaks: (broken) => {
        broken.machine((original) => (snapshot, event) => original(snapshot, twiceAsLong(event)));
      },
    },
    {
      what: 'the limits are not looked at when a plan is made',
      wrap: (house) => ({
        ...house,
        plan: (request) => {
          const planned = house.plan({ ...request, choices: {} });
          if (!('plan' in planned)) return planned;
          const { plan } = planned;
          return { plan: { ...plan, cycles: 6 } };
        },
      }),
      breaks: () => undefined,
    },
  ],
  I2: [
    {
      what: 'no detector says anything, and the guard lets 44.5 C through',
      breaks: (broken) => {
        broken.mute();
        warms(broken, 44.5);
      },
    },
  ],
  I3: [
    {
      what: 'no detector says anything, and a soak of 20 minutes is at 42.7 C, which its thermometer does not show',
      scenario: { protocol: 'warm-soak', choices: { warm: '20 min' } },
      breaks: (broken) => {
        broken.mute();
        warms(broken, 42.7);
        broken.when('warm', 20_000, () => {
          const thermometer = broken.house.station.devices.find(({ role }) => role === 'thermometer');
          if (thermometer !== undefined)
            broken.world.rig.faults.probe(thermometer.id, (readingC) => Math.min(readingC, 39));
        });
      },
    },
  ],
  I4: [
    {
      what: 'a valve counts as closed, and long enough, once it has been told to close',
      breaks: (broken) => {
        broken.wraps((input, judge) => {
          judge(input);
          for (const { id } of broken.core.settings.vessels[0].interlock.devices) {
            const known = broken.core.water.vessels[0].lock.devices[id];
            if (known?.status !== 'closing') continue;
            const closed = { status: 'closed', closedAtMs: 0, sentAtMs: null, targetC: null } as const;
            const { lock } = broken.core.water.vessels[0];
            broken.core.water.vessels[0].lock = { ...lock, devices: { ...lock.devices, [id]: closed } };
          }
        });
      },
    },
  ],
  I5: [
    {
      what: 'nothing ends a cold step',
      breaks: (broken) => {
        broken.when('cold', 1_000, () => {
          broken.endless();
        });
      },
    },
  ],
  I6: [
    {
      what: 'nothing ends a warm step',
      breaks: (broken) => {
        broken.when('warm', 1_000, () => {
          broken.endless();
        });
      },
    },
  ],
  I7: [
    {
      what: 'contact stays permitted when the session is over',
      breaks: (broken) => {
        broken.machine((original) => (snapshot, event) => {
          const step = original(snapshot, event);
          if (step.snapshot.value !== 'completing') return step;
          return {
            ...step,
            wants: step.wants.map((want) =>
              want.type === 'expect'
                ? { ...want, expectation: { ...want.expectation, exposed: true } }
                : want,
            ),
          };
        });
      },
    },
  ],
  I8: [
    {
      what: 'water in the band is taken for a begin',
      breaks: (broken) => {
        beginsBy(broken, 'ready');
      },
    },
    {
      what: 'a begin is taken while the water is not in the band yet',
      breaks: (broken) => {
        beginsBy(broken, 'tempering');
      },
    },
  ],
  I9: [
    {
      what: 'a stop is not heard',
      breaks: (broken) => {
        broken.core.stop = () => undefined;
        broken.when('warm', 20_000, () => {
          broken.world.say({ command: 'stop' }, 'page');
        });
      },
    },
  ],
  I10: [
    {
      what: 'the screening is not asked for',
      scenario: { person: { ...STEADY, screening: 'expired' } },
      parts: remembers((record) =>
        record.type === 'screened' ? { ...record, at: '2025-12-31T00:00:00.000Z' } : record,
      ),
      breaks: () => undefined,
    },
  ],
  I11: [
    {
      what: 'the profile of the person is forgotten',
      scenario: {
        person: { ...STEADY, profile: 'limited' },
        choices: { cold: '60 s' },
      },
      parts: remembers((record) =>
        record.type === 'screened' ? { ...record, body: { ...record.body, profile: 'standard' } } : record,
      ),
      breaks: () => undefined,
    },
  ],
  I12: [
    {
      what: 'the interlock forgets a latched trip after 10 s, and what was wanted is wanted again',
      breaks: (broken) => {
        warms(broken, 44.5);
        broken.hears((event) => {
          if (event.type !== 'trip') return;
          const { clock } = broken.world;
          clock.at(event.atMs + 10_000, 'planted', () => {
            const atMs = clock.nowMs();
            const { water } = broken.core;
            water.judge({ type: 'clear' }, atMs);
            water.judge({ type: 'release' }, atMs);
            water.judge({ type: 'want', water: { side: 'warm', targetC: 38, untilMs: atMs + 60_000 } }, atMs);
          });
        });
      },
    },
  ],
  I13: [
    {
      what: 'the device that drives the cold valve does not keep its lease',
      breaks: (broken) => {
        broken.when(
          'cold',
          5_000,
          () => {
            broken.world.rig.plant.jam('cold', true);
          },
          3,
        );
      },
    },
  ],
  I14: [
    {
      what: 'a valve that comes up is opened and not closed first',
      breaks: (broken) => {
        const { equipment } = broken.core.water;
        const original = equipment.command.bind(equipment);
        let first = true;
        equipment.command = (id, command, atMs) => {
          const opens = first && command.action === 'close';
          if (command.action === 'close') first = false;
          original(id, opens ? { action: 'open', leaseMs: 10_000, targetC: null } : command, atMs);
        };
      },
    },
  ],
  I15: [
    {
      what: 'the session of an hour ago is forgotten',
      scenario: { person: { ...STEADY, past: [anHourAgo] } },
      parts: remembers((record) => (record.type === 'end' ? null : record)),
      breaks: () => undefined,
    },
  ],
  I16: [
    {
      what: 'a step ends by the wall clock, which is set back in it',
      breaks: (broken) => {
        broken.when('cold', 5_000, () => {
          broken.world.clock.stepWall(-3_600_000);
          broken.endless();
        });
      },
    },
  ],
  I17: [
    {
      what: 'what a thermometer last said counts for ever',
      breaks: (broken) => {
        broken.when('warm', 20_000, () => {
          broken.mute();
          broken.wraps((input, judge, lock) => {
            lock.readingAtMs = 1e12;
            judge(input);
          });
          const thermometer = broken.house.station.devices.find(({ role }) => role === 'thermometer');
          if (thermometer !== undefined) broken.world.rig.faults.disconnect(thermometer.id);
        });
      },
    },
    {
      what: 'a thermometer that does not follow a change is believed',
      breaks: (broken) => {
        broken.mute();
        broken.when('warm', 60_000, () => {
          const thermometer = broken.house.station.devices.find(({ role }) => role === 'thermometer');
          if (thermometer !== undefined) broken.world.rig.faults.probe(thermometer.id, () => 38);
        });
      },
    },
  ],
  I18: [
    {
      what: 'a hot reading that jumps is taken for noise, and the one before it kept',
      scenario: { seed: 128 },
      controller: (controller) => {
        const [station] = controller.stations;
        const core = station === undefined ? undefined : controller.station(station)?.core;
        for (const vessel of core?.water.vessels ?? []) {
          const original = vessel.observe.bind(vessel);
          let keptC = 0;
          vessel.observe = (input, atMs) => {
            if (input.type !== 'temperature' || input.valueC === null) return original(input, atMs);
            if (input.valueC < 41 || input.valueC < keptC + 2) keptC = input.valueC;
            return original({ ...input, valueC: keptC }, atMs);
          };
        }
      },
      breaks: () => undefined,
    },
  ],
  I19: [
    {
      what: 'the limited profile is given the warm step that the standard one is not',
      wrap: (house) => ({
        ...house,
        plan: (request) => {
          const planned = house.plan(request);
          if (!('plan' in planned) || request.person.profile === 'standard') return planned;
          const { plan } = planned;
          const steps = plan.steps.map((step) => ({ ...step, durationMs: step.durationMs + 10_000 }));
          return { plan: { ...plan, steps } };
        },
      }),
      breaks: () => undefined,
    },
  ],
  I20: [
    {
      what: 'the ladder of a person is forgotten',
      scenario: { person: { ...STEADY, past: [aWeekAgo] } },
      parts: (parts) => ({ ...parts, seasoned: true }),
      breaks: () => undefined,
    },
  ],
  I21: [
    {
      what: 'a plan loses its last cold step',
      breaks: (broken) => {
        broken.machine((original) => (snapshot, event) => original(snapshot, withoutLastStep(event)));
      },
    },
    {
      what: 'a stop closes the water, and the session goes on',
      breaks: (broken) => {
        broken.machine(
          (original) => (snapshot, event) =>
            event.type === 'stop' ? { snapshot, wants: [] } : original(snapshot, event),
        );
        broken.when('warm', 20_000, () => {
          broken.world.say({ command: 'stop' }, 'page');
        });
      },
    },
  ],
  I25: [
    {
      what: 'a begin from afar is taken',
      breaks: (broken) => {
        broken.when('ready', 500, () => {
          const { core, world } = broken;
          world.say({ command: 'begin' }, 'mqtt');
          core.sessionEvent({ type: 'begin', source: 'mqtt', atMs: world.clock.nowMs() });
          // As after any command.
          world.say({ command: 'answer' }, 'mqtt');
        });
      },
    },
  ],
  I27: [
    {
      what: 'trips are not recorded',
      parts: (parts) => ({
        ...parts,
        journal: {
          append: (records, options) => {
            const kept = records.filter(({ type }) => type !== 'trip');
            if (kept.length > 0 || records.length === 0) parts.journal.append(kept, options);
          },
          onFailure: (listener) => {
            parts.journal.onFailure(listener);
          },
          close: () => parts.journal.close(),
        },
      }),
      breaks: (broken) => {
        warms(broken, 44.5);
      },
    },
  ],
  I26: [
    {
      what: 'the interlock believes that the water of a heated basin stays cold',
      house: 'foot-bath-basin',
      scenario: { protocol: 'warm-soak' },
      breaks: (broken) => {
        broken.wraps((input, judge) => {
          judge(input.type === 'reading' ? { ...input, hottestC: 30 } : input);
        });
      },
    },
  ],
  I28: [
    {
      what: 'the end of a session waits for what has happened already',
      breaks: (broken) => {
        let fromMs: number | null = null;
        broken.machine((original) => (snapshot, event) => {
          if (snapshot.value !== 'completing') return original(snapshot, event);
          fromMs ??= event.atMs;
          return event.atMs - fromMs < 400_000 ? { snapshot, wants: [] } : original(snapshot, event);
        });
      },
    },
  ],
  I29: [
    {
      what: 'no detector says anything, and the water stays at 42.3 C',
      breaks: (broken) => {
        broken.mute();
        warms(broken, 42.3);
      },
    },
    {
      what: 'a question that nobody answers is forgotten',
      scenario: { person: { ...STEADY, answers: false } },
      breaks: (broken) => {
        broken.mute();
      },
    },
  ],
};
