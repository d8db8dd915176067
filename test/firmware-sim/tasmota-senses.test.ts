// If these fail, a box's thermometer is fresher, or its button quicker, than the real ones are, and limits that hold in
// simulation do not hold in a bathroom.
import { describe, expect, test } from 'vitest';
import { bench } from './tasmota-bench.ts';

describe('probe', () => {
  test('Status 10 has the documented shape', () => {
    const { say, wait, heard } = bench();
    say('cmnd/bath/Status', '10');
    wait(100);
    expect(heard()).toEqual([
      'stat/bath/STATUS10 {"StatusSNS":{"Time":"2026-01-01T00:00:03","DS18B20":{"Id":"01131B8A0C11","Temperature":20.6},"TempUnit":"C"}}',
    ]);
  });

  test('a value is converted each other second: asking each second shows it twice', () => {
    const b = bench();
    const seen: string[] = [];
    for (let each = 0; each < 8; each += 1) {
      b.waterC += 1;
      b.say('cmnd/bath/Status', '10');
      b.wait(1_000);
      seen.push(/"Temperature":([\d.]+)/.exec(b.heard().join())?.[1] ?? 'none');
    }
    expect(new Set(seen).size).toBe(5);
  });

  test('a broken probe shows its last value for up to 10 s and then has no entry', () => {
    const b = bench();
    b.waterC = NaN;
    const ask = (): string => {
      b.say('cmnd/bath/Status', '10');
      b.wait(100);
      return b.heard().join();
    };
    b.wait(7_000);
    expect(ask()).toContain('"Temperature":20.6');
    b.wait(5_000);
    expect(ask()).toMatch(/^stat\/bath\/STATUS10 \{"StatusSNS":\{"Time":"[^"]+"\}\}$/);
  });

  test('several probes are numbered by their address', () => {
    const { say, wait, heard } = bench({
      probes: [
        { id: '0213AAAAAAAA', port: { read: () => 38 } },
        { id: '0113AAAAAAAA', port: { read: () => 12 } },
      ],
    });
    say('cmnd/bath/Status', '10');
    wait(100);
    expect(heard()[0]).toContain(
      '"DS18B20-1":{"Id":"0113AAAAAAAA","Temperature":12},"DS18B20-2":{"Id":"0213AAAAAAAA","Temperature":38},"TempUnit":"C"',
    );
  });

  test('an empty TelePeriod forces state and sensor', () => {
    const { say, wait, heard } = bench();
    say('cmnd/bath/TelePeriod', '');
    wait(1_200);
    const [reply, state, sensor] = heard();
    expect(reply).toBe('stat/bath/RESULT {"TelePeriod":0}');
    expect(state).toMatch(
      /^tele\/bath\/STATE \{"Time":"2026-01-01T00:00:04","Uptime":"0T00:00:04",.*"POWER1":"OFF","POWER2":"OFF"/,
    );
    expect(sensor).toMatch(/^tele\/bath\/SENSOR \{"Time":"[^"]+","DS18B20":\{/);
  });

  test('telemetry comes each period', () => {
    const { wait, broker } = bench({ commissioned: ['TelePeriod 10'] });
    wait(60_000);
    const times = broker.log.filter(({ topic }) => topic === 'tele/bath/SENSOR').map(({ atMs }) => atMs);
    expect(times).toEqual([10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
  });
});

describe('button', () => {
  test('single, double and hold are told as events once the button is detached', () => {
    const { box, wait, heard } = bench({
      commissioned: ['Backlog TelePeriod 0; SetOption73 1; SetOption32 20'],
    });
    box.press(1, { times: 1 });
    wait(540);
    expect(heard()).toEqual([]);
    wait(100);
    expect(heard()).toEqual(['stat/bath/RESULT {"Button1":{"Action":"SINGLE"}}']);
    box.press(1, { times: 2 });
    wait(1_000);
    expect(heard()).toEqual(['stat/bath/RESULT {"Button1":{"Action":"DOUBLE"}}']);
    box.press(1, { holdMs: 3_000 });
    wait(4_000);
    expect(heard()).toEqual([
      'stat/bath/RESULT {"Button1":{"Action":"HOLD"}}',
      'stat/bath/RESULT {"Button1":{"Action":"CLEAR"}}',
    ]);
  });

  test('SetOption13 tells a press at the first touch', () => {
    const { box, wait, heard } = bench({
      commissioned: ['Backlog TelePeriod 0; SetOption73 1; SetOption13 1'],
    });
    box.press(1, { times: 1 });
    wait(60);
    expect(heard()).toEqual(['stat/bath/RESULT {"Button1":{"Action":"SINGLE"}}']);
  });

  test('a button that nobody detached toggles its relay', () => {
    const { box, wait, relays } = bench();
    box.press(1, { times: 1 });
    wait(1_000);
    expect(relays[0]).toBe(true);
  });
});
