/**
 * If these fail, somebody relies on a lamp that does not light, or is asked about water where there is none: what the
 * doctor says of a desk.
 */
import { afterAll, expect, describe, test } from 'vitest';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { Folder, configOf } from '../../config/support.ts';
import { examined } from './bench.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});
const load = (text: string) => configOf(folder.load(text));
const line = (findings: readonly Finding[], check: string, device: string | null = null) =>
  findings.find((finding) => finding.check === check && finding.device === device);

describe('a desk', () => {
  const DESK = `
mqtt: { url: "mqtt://broker.local" }
simulated: true
stations:
  desk:
    kind: desk
    light: { driver: zigbee2mqtt, name: lamp }
    buzzer: { driver: tasmota, topic: buzz, buzzer: true }
    button: { driver: zigbee2mqtt, name: knob }
`;

  test('its lamp and buzzer are shown one cue and told off, and nobody is asked about water', async () => {
    const said: string[] = [];
    const { findings } = await examined(
      load(DESK),
      ({ connect }) => {
        const tap = connect({ clientId: 'tap' });
        tap.onMessage(({ topic, payload }) => said.push(`${topic} ${payload}`));
        tap.subscribe(['zigbee2mqtt/lamp/set', 'cmnd/buzz/#']);
      },
      false,
    );
    expect(findings.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(line(findings, 'devices', 'desk-light')?.verdict).toBe('ok');
    expect(line(findings, 'devices', 'desk-button')?.verdict).toBe('ok');
    expect(line(findings, 'cue', 'desk-light')?.message).toMatch(/^was told five flashes.*did you see it/);
    expect(line(findings, 'cue', 'desk-buzzer')?.message).toBe('was told two beeps: did you hear them?');
    const lamp = said.filter((one) => one.startsWith('zigbee2mqtt/lamp/set'));
    expect(lamp.some((one) => one.includes('"ON"'))).toBe(true);
    expect(lamp.at(-1)).toContain('"OFF"');
    expect(said.some((one) => one.startsWith('cmnd/buzz/Buzzer 2'))).toBe(true);
  });

  test('a lamp that is not there has one line, and no second one for its cue', async () => {
    const { findings } = await examined(load(DESK.replace('  desk:', '  other:')), () => undefined, false);
    expect(line(findings, 'devices', 'other-light')).toMatchObject({ verdict: 'fail', kind: 'reach' });
    expect(line(findings, 'cue', 'other-light')).toBeUndefined();
  });
});
