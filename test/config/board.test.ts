// If this fails, a config puts hot where the valve board's firmware does not guard it, two roles share one output, or an
// honest config with a board is refused or warned of things that do not concern it.
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { aliasClashes } from '../../devices/index.ts';
import { Folder, errorsOf } from './support.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});
const EXAMPLE = readFileSync(new URL('../../examples/foot-bath-board.yaml', import.meta.url), 'utf8');
const errors = (text: string) => errorsOf(folder.load(text).problems);

describe('a config with the valve board', () => {
  test('the example is accepted, and nobody is told that a port does not reach the broker', () => {
    const { problems, config } = folder.load(EXAMPLE);
    expect(errorsOf(problems)).toEqual([]);
    expect(problems.map(({ code }) => code)).not.toContain('broker');
    expect(config?.stations[0]?.devices).toHaveLength(8);
  });

  test('devices on the network beside it are told of the broker all the same', () => {
    const text = EXAMPLE.replace(/light: .*/, 'light: { driver: esphome, node: bath, light: lamp }');
    expect(folder.load(text).problems.map(({ code }) => code)).toContain('broker');
  });

  test.each([
    ['hot at another output', 'valve: 1 }', 'valve: 3 }', /guards hot at `valve: 1` only/],
    ['a master where cold is guarded', 'valve: 3 }', 'valve: 2 }', /guards master at `valve: 3` or `4` only/],
    ['an output that there is not', 'valve: 3 }', 'valve: 5 }', /5|4/],
    ['two parts', 'light: 1 }', 'light: 1, button: 1 }', /light and button are given/],
    ['a tone of what is no buzzer', 'light: 1 }', 'light: 1, tone: 500 }', /of a buzzer/],
    ['a path that is none', '/dev/serial/by-id/usb-Arduino_Uno-if00, valve: 1', 'ttyUSB0, valve: 1', /by-id/],
    ['a port by a way round', '/dev/serial/by-id/', '/dev/../dev/serial/by-id/', /without `\.` and `\.\.`/],
    ['a port by where one is', '/dev/serial/by-id/', '/dev/./serial/by-id/', /without `\.` and `\.\.`/],
    ['a part that is another role', 'temperature: 1', 'light: 1', /needs the part `temperature:`/],
    ['a button that would stop what it begins', ' stop:', ' button:', /make it `stop:`/],
  ])('%s is refused', (_what, from, to, why) => {
    expect(EXAMPLE).toContain(from);
    const found = errors(EXAMPLE.replace(from, to));
    expect(found.map(({ message }) => message).join('\n')).toMatch(why);
  });

  test('a name that only begins with dots is one, and so are the levels of a topic', () => {
    for (const port of ['/dev/.board', '/dev/..board/tty.usb..1', 'mqtt:bath/./board'])
      expect(errors(EXAMPLE.replaceAll(/port: [^,]+,/g, `port: '${port}',`))).toEqual([]);
  });

  test('one output in two roles is refused', () => {
    const twice = EXAMPLE.replace(
      / {4}light: .*/,
      (line) => `${line}\n    drain: ${line.replace(/.*?\{/, '{').replace('light: 1', 'valve: 3')}`,
    );
    expect(errors(twice).map(({ code }) => code)).toContain('same_device');
  });

  test('valves without a stop button that Ebb hears are warned of; with any stop, and without valves, not', () => {
    const warned = (text: string) =>
      folder
        .load(text)
        .problems.filter(({ code }) => code === 'unheard_stop')
        .map(({ message }) => message);
    expect(warned(EXAMPLE)).toEqual([]);
    expect(warned(EXAMPLE.replace(/ {4}stop: .*/, ''))).toEqual([
      expect.stringContaining('between hot and cold stops nothing'),
    ]);
    expect(warned(EXAMPLE.replace(/ {4}stop: .*/, '    stop: { driver: mqtt, state: bath/stop }'))).toEqual(
      [],
    );
    const cues = EXAMPLE.replace(/ {4}(hot|cold|master|stop|scald_guard): .*/g, '');
    expect(warned(cues)).toEqual([]);
  });

  test('a valve at the pin that blinks at each start is warned of, a lamp there is not', () => {
    const text = readFileSync(new URL('../../examples/foot-bath-firmata.yaml', import.meta.url), 'utf8');
    const warned = (changed: string) =>
      folder
        .load(changed)
        .problems.filter(({ code }) => code === 'boot_pin')
        .map(({ path }) => path);
    expect(text).toMatch(/light: \{ driver: firmata, .*pin: 13 \}/);
    expect(warned(text)).toEqual([]);
    const swapped = text
      .replace(/(light: .*pin: )13/, '$16')
      .replace(/hot: .*/, 'hot: { driver: firmata, port: /dev/serial/by-id/usb-Arduino_Uno, pin: 13 }');
    expect(warned(swapped)).toEqual(['stations.foot-bath.hot.pin']);
  });

  test('a port with two languages is refused: one board is at one port', () => {
    const at = (id: string, driver: string, port: string) =>
      ({ id, role: 'light', driver, options: { port }, travelMs: null, topics: [] }) as const;
    const devices = [at('a', 'board', '/dev/x'), at('b', 'board', '/dev/x'), at('c', 'firmata', '/dev/y')];
    expect(aliasClashes(devices)).toEqual([]);
    expect(aliasClashes([...devices, at('d', 'firmata', '/dev/x')])).toMatchObject([
      { id: 'd', code: 'same_device', option: 'port' },
    ]);
  });
});
