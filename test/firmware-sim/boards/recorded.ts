import { describe, expect, it } from 'vitest';
import { recording } from '../../devices/replay.ts';
import type { Body, Rig } from './body.ts';
import { framed } from './talk.ts';

/** What a hand or the water does in a recording, before the line of the board that tells of it. */
const CAUSES: Readonly<Record<string, readonly (readonly [line: RegExp, cause: (rig: Rig) => void])[]>> = {
  'stop-button': [
    [
      /^!stop/,
      (rig) => {
        rig.press(true);
      },
    ],
    [
      /^!btn n=1 up/,
      (rig) => {
        rig.press(false);
      },
    ],
  ],
  hot: [
    [
      /^!trip/,
      (rig) => {
        rig.thermistorC = 44;
      },
    ],
  ],
  button: [
    [
      /^!btn n=1 down/,
      (rig) => {
        rig.press(true);
      },
    ],
    [
      /^!btn n=1 up/,
      (rig) => {
        rig.press(false);
      },
    ],
  ],
  reboot: [
    [
      /^!boot/,
      (rig) => {
        rig.reset();
      },
    ],
  ],
};

export const RECORDINGS = [
  'greeting',
  'open-2s',
  'renewal',
  'close',
  'deadline',
  'stop-button',
  'hot',
  'thermometer',
  'probe',
  'button',
  'light',
  'buzzer',
  'reboot',
] as const;

/** What is another each time: the noise of a start, ages, what is left of a lease, and the checksum over them. */
const masked = (line: string): string =>
  line
    .replace(/\*[0-9A-F]{4}$/, '')
    .replace(/\b(boot|up|a1|a2)=\w+/g, '$1=?')
    .replace(/\bv1=[1-9]\d*/, 'v1=?');

/** The exchanges that the driver is held to, on a body of the board: it says the very same. */
export function recordedRows(name: string, make: () => Body & { readonly rig: Rig }): void {
  describe(`recorded exchanges on ${name}`, () => {
    it.each(RECORDINGS)('%s', async (exchange) => {
      const body = make();
      const said: string[] = [];
      let text = '';
      body.onByte((byte) => {
        text += String.fromCharCode(byte);
        const lines = text.split('\n');
        text = lines.pop() ?? '';
        said.push(...lines);
      });
      await body.pass(50);
      said.length = 0;
      // As opening its port does.
      body.rig.reset();
      if (exchange !== 'greeting') {
        await body.pass(790);
        said.length = 0;
      }
      const causes = [...(CAUSES[exchange] ?? [])];
      for (const { from, payload, note = '' } of recording(`board/${exchange}`)) {
        if (from === 'controller') {
          await body.pass(1_000 * Number(/^([\d.]+) s later$/.exec(note)?.[1] ?? 0));
          body.send(Uint8Array.from(`${payload}\n`, (char) => char.charCodeAt(0)));
          // A checksum of the test's own: the driver's are right.
          expect(framed(payload.replace(/\*.*$/, ''))).toBe(`${payload}\n`);
          continue;
        }
        if (causes[0]?.[0].test(payload) === true) causes.shift()?.[1](body.rig);
        for (let waited = 0; said.length === 0 && waited < 1_500; waited += 2) await body.pass(2);
        expect(masked(said.shift() ?? 'nothing')).toBe(masked(payload));
      }
      expect(causes).toEqual([]);
      await body.close();
    });
  });
}
