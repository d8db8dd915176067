// If these fail, a lamp or a button on an Arduino does not do what its role says, or a valve hangs on a board that would
// leave it open when the computer dies.
import { describe, expect, test } from 'vitest';
import type { Role } from '../../src/model/device.ts';
import type { FromFirmata } from '../../src/model/firmata.ts';
import { Rig } from './replay.ts';

const PORT = '/dev/ttyACM0';
const TOPIC = `port:${PORT}/firmata`;
const LINK = `port:${PORT}/link`;

function rigOf(role: Role, options: Record<string, unknown>) {
  const rig = new Rig(role, 'firmata', { port: PORT, ...options });
  return Object.assign(rig, {
    hear: (message: FromFirmata, atMs = rig.atMs): void => {
      rig.feed({ type: 'message', topic: TOPIC, payload: JSON.stringify(message), retained: false }, atMs);
    },
    gone: (): void => {
      rig.message(LINK, '{"up":false,"why":"it was unplugged"}');
    },
    said: (): readonly unknown[] =>
      rig.out.splice(0).map(({ topic, payload }) => {
        expect(topic).toBe(TOPIC);
        return JSON.parse(payload) as unknown;
      }),
  });
}

/** Its board has been met and has made the pin what it is to be. */
function ready(role: Role, options: Record<string, unknown>, watches = false) {
  const rig = rigOf(role, options);
  rig.link(true);
  const pin = options['pin'] as number;
  rig.message(LINK, '{"up":true}');
  rig.hear({ firmware: 'Firmata 2.5', watches });
  rig.hear({ pin, is: 'ready' });
  rig.said();
  rig.faults.splice(0);
  return rig;
}

const CUE = {
  name: 'warm',
  sound: { count: 2, onMs: 100, offMs: 200 },
  light: { count: 1, onMs: 300, offMs: 100, colour: 'warm', then: 'on' },
} as const;

describe('the way to a board', () => {
  test('a pin is named when the board has told who it is, and counts as there when the board agrees', () => {
    const rig = rigOf('light', { pin: 13 });
    rig.link(true);
    rig.message(LINK, '{"up":true}');
    expect([rig.said(), rig.faults]).toEqual([[], []]);
    rig.hear({ firmware: 'StandardFirmata.ino 2.5', watches: false });
    expect(rig.said()).toEqual([{ do: 'use', as: 'led', pin: 13 }]);
    expect(rig.faults).toEqual([]);
    rig.hear({ pin: 12, is: 'ready' });
    expect(rig.faults).toEqual([]);
    rig.hear({ pin: 13, is: 'ready' });
    expect(rig.faults).toEqual([{ type: 'presence', device: 'foot-bath-light', online: true }]);
  });

  test('a board that goes takes its devices with it, and says why', () => {
    const rig = ready('light', { pin: 13 });
    rig.gone();
    expect(rig.faults).toEqual([
      { type: 'presence', device: 'foot-bath-light', online: false },
      { type: 'refused', device: 'foot-bath-light', message: 'it was unplugged', unreached: true },
    ]);
    rig.command({ action: 'cue', cue: CUE });
    expect(rig.said()).toEqual([]);
  });

  test('a pin that cannot be this is refused by its name', () => {
    const rig = rigOf('light', { pin: 99 });
    rig.link(true);
    rig.hear({ firmware: 'Firmata 2.5', watches: false });
    rig.hear({ pin: 99, is: 'refused', why: 'this board has no pin 99' });
    expect(rig.faults.at(-1)).toMatchObject({ message: `pin 99 at ${PORT}: this board has no pin 99` });
  });

  test('a broker that comes later hears that the board is there', () => {
    const rig = ready('light', { pin: 13 });
    rig.link(false);
    expect(rig.faults).toEqual([]);
    rig.link(true);
    expect(rig.faults).toEqual([{ type: 'presence', device: 'foot-bath-light', online: true }]);
  });

  test('a board that asks for it is told every three seconds that its host is alive, another one never', () => {
    const rig = rigOf('light', { pin: 13 });
    rig.link(true);
    rig.hear({ firmware: 'FirmataExpress 2.5', watches: true }, 1_000);
    expect(rig.said()).toEqual([{ do: 'alive' }, { do: 'use', as: 'led', pin: 13 }]);
    expect(rig.nextDeadlineMs).toBe(4_000);
    rig.feed({ type: 'clock' }, 4_000);
    expect(rig.said()).toEqual([{ do: 'alive' }]);
    expect(rig.nextDeadlineMs).toBe(7_000);
    rig.gone();
    expect(rig.nextDeadlineMs).toBeNull();
    expect(ready('light', { pin: 13 }).nextDeadlineMs).toBeNull();
  });
});

describe('lamps and buzzers', () => {
  test('a lamp plays its side of a cue and stays on, or off at the end', () => {
    const rig = ready('light', { pin: 13 });
    rig.command({ action: 'cue', cue: CUE });
    expect(rig.said()).toEqual([{ do: 'set', pin: 13, on: true }]);
    rig.feed({ type: 'clock' }, rig.nextDeadlineMs ?? 0);
    expect(rig.said()).toEqual([{ do: 'set', pin: 13, on: false }]);
    rig.feed({ type: 'clock' }, rig.nextDeadlineMs ?? 0);
    expect(rig.said()).toEqual([{ do: 'set', pin: 13, on: true }]);
    expect(rig.nextDeadlineMs).toBeNull();
    rig.command({ action: 'cue', cue: { name: 'off', sound: null, light: null } });
    expect(rig.said()).toEqual([{ do: 'set', pin: 13, on: false }]);
  });

  test.each([
    [{ pin: 9 }, { do: 'use', as: 'buzzer', pin: 9, active: 'high' }],
    [
      { pin: 9, active: 'low' },
      { do: 'use', as: 'buzzer', pin: 9, active: 'low' },
    ],
    [
      { pin: 9, as: 'piezo' },
      { do: 'use', as: 'piezo', pin: 9 },
    ],
    [
      { pin: 9, as: 'relay' },
      { do: 'use', as: 'relay', pin: 9, active: 'high', held: false },
    ],
  ])('a buzzer of %j beeps as often as the cue says', (options, use) => {
    const rig = rigOf('buzzer', options);
    rig.link(true);
    rig.hear({ firmware: 'Firmata 2.5', watches: false });
    expect(rig.said()).toEqual([use]);
    rig.hear({ pin: 9, is: 'ready' });
    rig.command({ action: 'cue', cue: CUE });
    while (rig.nextDeadlineMs !== null) rig.feed({ type: 'clock' }, rig.nextDeadlineMs);
    expect(rig.said()).toEqual([true, false, true, false].map((on) => ({ do: 'set', pin: 9, on })));
  });

  test('a beat does not go on after the board was away', () => {
    const rig = ready('buzzer', { pin: 9 });
    rig.command({ action: 'cue', cue: CUE });
    rig.gone();
    rig.said();
    rig.hear({ firmware: 'Firmata 2.5', watches: false });
    rig.hear({ pin: 9, is: 'ready' });
    expect(rig.nextDeadlineMs).toBeNull();
  });
});

describe('buttons and contacts', () => {
  const actions = (rig: ReturnType<typeof rigOf>) =>
    rig.readings.splice(0).map((reading) => (reading.kind === 'button' ? reading.action : reading));

  test('a press counts at once, a hold when it has lasted, a release ends it', () => {
    const rig = ready('button', { pin: 2 });
    rig.hear({ pin: 2, contact: 'closed', first: false }, 10_000);
    expect(actions(rig)).toEqual([{ type: 'press' }]);
    expect(rig.nextDeadlineMs).toBe(13_000);
    rig.feed({ type: 'clock' }, 13_000);
    rig.feed({ type: 'clock' }, 15_000);
    expect(actions(rig)).toEqual([
      { type: 'hold', heldMs: 3_000 },
      { type: 'hold', heldMs: 5_000 },
    ]);
    rig.hear({ pin: 2, contact: 'open', first: false }, 15_500);
    expect(rig.nextDeadlineMs).toBeNull();
    expect(actions(rig)).toEqual([]);
  });

  test('a button that is down when the board is met begins nothing, and its hold is none', () => {
    const rig = ready('button', { pin: 2 });
    rig.hear({ pin: 2, contact: 'closed', first: true });
    expect([actions(rig), rig.nextDeadlineMs]).toEqual([[], null]);
    rig.hear({ pin: 2, contact: 'open', first: false });
    rig.hear({ pin: 2, contact: 'closed', first: false });
    expect(actions(rig)).toEqual([{ type: 'press' }]);
  });

  test('a stop button that is down when the board is met stops', () => {
    const rig = ready('stop', { pin: 2 });
    rig.hear({ pin: 2, contact: 'closed', first: true });
    expect(actions(rig)).toEqual([{ type: 'press' }]);
  });

  test('a hold ends where the board goes', () => {
    const rig = ready('button', { pin: 2 });
    rig.hear({ pin: 2, contact: 'closed', first: false });
    actions(rig);
    rig.gone();
    rig.feed({ type: 'clock' }, rig.atMs + 6_000);
    expect(actions(rig)).toEqual([]);
  });

  test.each([
    ['leak', { kind: 'leak', leaking: true }, { kind: 'leak', leaking: null }],
    ['presence', { kind: 'presence', present: true }, { kind: 'presence', present: null }],
    ['level', { kind: 'level', level: { by: 'float', high: true } }, { kind: 'level', level: null }],
  ] as const)('a %s tells how it stands, and nothing once the board is gone', (role, there, gone) => {
    const rig = ready(role, { pin: 12 });
    rig.hear({ pin: 12, contact: 'closed', first: true });
    expect(rig.readings.splice(0)).toMatchObject([there]);
    rig.gone();
    expect(rig.readings).toMatchObject([gone]);
  });
});

describe('thermometers', () => {
  test('a reading is as old as the board says', () => {
    const rig = ready('thermometer', { pin: 3 });
    rig.hear({ pin: 3, address: null, celsius: 38.0625, ageMs: 1_150 }, 20_000);
    expect(rig.readings).toEqual([
      { kind: 'temperature', device: 'foot-bath-thermometer', valueC: 38.0625, takenAtMs: 18_850 },
    ]);
  });

  test.each([85, 4_095.9375, -0.5, null])('%s is no reading', (celsius) => {
    const rig = ready('thermometer', { pin: 3 });
    rig.hear({ pin: 3, address: null, celsius, ageMs: 1_150 });
    expect(rig.readings).toMatchObject([{ valueC: null }]);
  });

  test('of two probes on one pin each hears its own', () => {
    const address = '28FF0011223344AA';
    const rig = ready('thermometer', { pin: 3, address: address.toLowerCase() });
    rig.hear({ pin: 3, address: '2800000000000000', celsius: 20, ageMs: 1_150 });
    rig.hear({ pin: 3, address, celsius: 30, ageMs: 1_150 });
    expect(rig.readings).toMatchObject([{ valueC: 30 }]);
  });

  test('an analogue one says of itself that no water rests on it', () => {
    expect(rigOf('thermometer', { pin: 'A0' }).device.declaration.shownOnly).toContain('DS18B20');
    expect(rigOf('thermometer', { pin: 3 }).device.declaration).toMatchObject({
      sampleMs: 1_000,
      deadline: 'none',
    });
    expect(rigOf('thermometer', { pin: 3 }).device.declaration.shownOnly).toBeUndefined();
  });
});

describe('valves', () => {
  const OPEN = { action: 'open', leaseMs: 4_000, targetC: null } as const;

  test.each(['hot', 'cold', 'master', 'drain', 'heater'] as const)(
    'a %s on StandardFirmata is refused with the remedy, and nothing is ever sent to its pin',
    (role) => {
      const rig = rigOf(role, { pin: 4 });
      rig.link(true);
      rig.message(LINK, '{"up":true}');
      rig.hear({ firmware: 'StandardFirmata.ino 2.5', watches: false });
      expect(rig.faults).toEqual([
        { type: 'presence', device: `foot-bath-${role}`, online: false },
        {
          type: 'refused',
          device: `foot-bath-${role}`,
          message: expect.stringMatching(
            /is a StandardFirmata\.ino 2\.5: it leaves its pins as they are when the computer dies.*flash FirmataExpress.*valve board/,
          ) as string,
        },
      ]);
      rig.command(OPEN);
      rig.command({ ...OPEN, action: 'renew' });
      expect(rig.said()).toEqual([]);
    },
  );

  test('on a board with a watch it is opened under a lease, confirmed, renewed and closed', () => {
    const rig = ready('hot', { pin: 4 }, true);
    rig.command(OPEN);
    rig.hear({ pin: 4, heldMs: 4_000 });
    rig.hear({ pin: 4, driven: true });
    rig.command({ ...OPEN, action: 'renew' });
    rig.command({ action: 'close' });
    rig.hear({ pin: 4, driven: false });
    expect(rig.said()).toEqual([
      { do: 'hold', pin: 4, forMs: 4_000, opens: true },
      { do: 'hold', pin: 4, forMs: 4_000, opens: false },
      { do: 'set', pin: 4, on: false },
    ]);
    expect(rig.acks).toEqual([{ device: 'foot-bath-hot', leaseMs: 4_000, targetC: null }]);
    expect(rig.readings.map((reading) => reading.kind === 'valve' && reading.status)).toEqual([
      'open',
      'closed',
    ]);
  });

  test.each([
    [1, 2_000],
    [2_500, 3_000],
    [60_000, 10_000],
  ])('a lease of %d ms is one of %d: whole seconds, none below two or above ten', (leaseMs, forMs) => {
    const rig = ready('hot', { pin: 4 }, true);
    rig.command({ ...OPEN, leaseMs });
    expect(rig.said()).toEqual([{ do: 'hold', pin: 4, forMs, opens: true }]);
  });

  test('a board that went away is lost, and is closed and known anew before it opens again', () => {
    const rig = ready('hot', { pin: 4 }, true);
    rig.command(OPEN);
    rig.said();
    rig.gone();
    expect(rig.faults[0]).toEqual({ type: 'presence', device: 'foot-bath-hot', online: false });
    rig.command(OPEN);
    expect(rig.said()).toEqual([]);
  });
});

test.each(['', 'x', '{}', '{"pin":4}', '[]', '{"firmware":1}', `{"pin":2,"contact":"closed"}`])(
  '%s is passed over',
  (payload) => {
    const rig = ready('stop', { pin: 2 });
    rig.message(TOPIC, payload);
    rig.message(LINK, payload);
    rig.message('port:/dev/other/firmata', '{"pin":2,"contact":"closed","first":false}');
    expect([rig.readings, rig.faults, rig.said()]).toEqual([[], [], []]);
  },
);
