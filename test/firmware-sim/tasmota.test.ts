// If these fail, the drivers are tested against a box that nobody owns: timers that never fire, replies in a shape the
// real firmware does not send, or a box that is kinder than the real one after a reboot.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { recordingSchema } from './support.ts';
import { bench } from './tasmota-bench.ts';

const recording = recordingSchema.parse(
  JSON.parse(readFileSync(new URL('recordings/tasmota.json', import.meta.url), 'utf8')),
);

test('a recorded exchange with the documented box is reproduced', () => {
  const { say, wait, heard } = bench();
  for (const exchange of recording.exchanges) {
    for (const [topic, payload] of exchange.say) say(topic, payload);
    wait(exchange.wait_ms);
    expect(heard(), exchange.name).toEqual(exchange.hear);
  }
});

describe('closing by itself', () => {
  test('a timed power closes without another word from us, within 50 ms of its time', () => {
    const { say, wait, relays, heard, box, broker } = bench();
    say('cmnd/bath/TimedPower1', '20000');
    wait(19_900);
    expect(relays[0]).toBe(true);
    wait(250);
    expect(relays[0]).toBe(false);
    expect(box.relayOn(1)).toBe(false);
    expect(heard().slice(-2)).toEqual(['stat/bath/RESULT {"POWER1":"OFF"}', 'stat/bath/POWER1 OFF']);
    const [opened, closed] = broker.log.filter(({ topic }) => topic === 'stat/bath/POWER1').slice(-2);
    expect((closed?.atMs ?? 0) - (opened?.atMs ?? 0)).toBeLessThanOrEqual(20_050);
  });

  test('the same command again replaces the pending one and restarts its clock', () => {
    const { say, wait, relays } = bench();
    for (let each = 0; each < 5; each += 1) {
      say('cmnd/bath/TimedPower1', '10000');
      wait(3_000);
    }
    expect(relays[0]).toBe(true);
    wait(7_200);
    expect(relays[0]).toBe(false);
  });

  test('the pending command is listed with what remains', () => {
    const { say, wait, heard } = bench();
    say('cmnd/bath/TimedPower1', '30000');
    wait(1_000);
    heard();
    say('cmnd/bath/TimedPower', '');
    wait(100);
    const [reply] = heard();
    expect(reply).toMatch(
      /^stat\/bath\/RESULT \{"TimedPower":\[\{"Remaining":2[89]\d{3},"Command":"Power1 0"\}\]\}$/,
    );
  });

  test('a plain off leaves the pending off pending', () => {
    const { say, wait, heard } = bench();
    say('cmnd/bath/TimedPower1', '30000');
    say('cmnd/bath/POWER1', 'OFF');
    wait(500);
    heard();
    say('cmnd/bath/TimedPower', '');
    wait(100);
    expect(heard()[0]).toContain('"Command":"Power1 0"');
  });

  test('a time below 50 ms becomes 50', () => {
    const { say, wait, relays } = bench();
    say('cmnd/bath/TimedPower2', '0');
    wait(200);
    expect(relays[1]).toBe(false);
  });

  test('it still closes while its network is gone, and says nothing', () => {
    const { say, wait, relays, heard, box, broker } = bench();
    say('cmnd/bath/TimedPower1', '10000');
    wait(200);
    box.disconnect();
    heard();
    wait(11_000);
    expect(relays[0]).toBe(false);
    expect(heard()).toEqual([]);
    wait(40_000);
    expect(broker.retained('tele/bath/LWT')).toBe('Offline');
    box.reconnect();
    wait(2_000);
    expect(broker.retained('tele/bath/LWT')).toBe('Online');
  });
});

describe('reboot', () => {
  test('a restarted box has closed, has forgotten its timers and tells its states', () => {
    const { say, wait, relays, heard, box, broker } = bench({
      commissioned: ['Backlog PowerOnState 0; TelePeriod 0'],
    });
    say('cmnd/bath/TimedPower1', '30000');
    wait(500);
    heard();
    box.reboot();
    expect(relays).toEqual([false, false]);
    wait(6_000);
    expect(heard()).toEqual([
      'tele/bath/LWT Offline',
      'tele/bath/LWT Online',
      'stat/bath/RESULT {"POWER1":"OFF"}',
      'stat/bath/POWER1 OFF',
      'stat/bath/RESULT {"POWER2":"OFF"}',
      'stat/bath/POWER2 OFF',
    ]);
    expect(broker.retained('tele/bath/LWT')).toBe('Online');
    say('cmnd/bath/TimedPower', '');
    wait(100);
    expect(heard()).toEqual(['stat/bath/RESULT {"TimedPower":"Empty"}']);
  });

  test('a retained on is carried out at each new connection, as the real one does', () => {
    const { say, wait, relays, box } = bench({ commissioned: ['Backlog PowerOnState 0; TelePeriod 0'] });
    say('cmnd/bath/POWER1', 'ON', true);
    wait(200);
    box.reboot();
    expect(relays[0]).toBe(false);
    wait(6_000);
    expect(relays[0]).toBe(true);
  });

  test('a box that nobody commissioned comes back as it was, and without the timer that would have closed it', () => {
    const { say, wait, relays, box } = bench();
    say('cmnd/bath/TimedPower1', '10000');
    wait(500);
    box.reboot();
    wait(60_000);
    expect(relays).toEqual([true, false]);
  });
});

describe('topics', () => {
  test('one relay has no number', () => {
    const { say, wait, heard } = bench({ relays: [{ set: () => undefined }] });
    say('cmnd/bath/POWER1', 'ON');
    say('cmnd/bath/POWER', 'OFF');
    wait(200);
    expect(heard()).toEqual([
      'stat/bath/RESULT {"POWER":"ON"}',
      'stat/bath/POWER ON',
      'stat/bath/RESULT {"POWER":"OFF"}',
      'stat/bath/POWER OFF',
    ]);
  });

  test('a full topic of one’s own is used both ways', () => {
    const { say, wait, heard, broker } = bench({ fullTopic: 'home/%topic%/%prefix%/' });
    expect(broker.retained('home/bath/tele/LWT')).toBe('Online');
    say('home/bath/cmnd/POWER1', '');
    wait(100);
    expect(heard()).toEqual(['home/bath/stat/RESULT {"POWER1":"OFF"}', 'home/bath/stat/POWER1 OFF']);
  });

  test('a box answers within 5 to 60 ms', () => {
    const { say, wait, broker } = bench();
    for (let each = 0; each < 50; each += 1) {
      say('cmnd/bath/POWER1', '');
      wait(500);
    }
    const asked = broker.log.filter(({ topic }) => topic === 'cmnd/bath/POWER1').map(({ atMs }) => atMs);
    const answered = broker.log
      .filter(({ topic, atMs }) => topic === 'stat/bath/POWER1' && atMs > 3_000)
      .map(({ atMs }) => atMs);
    expect(answered).toHaveLength(50);
    for (const [place, atMs] of answered.entries()) {
      const tookMs = atMs - (asked[place] ?? 0);
      expect(tookMs).toBeGreaterThanOrEqual(5);
      expect(tookMs).toBeLessThanOrEqual(62);
    }
  });
});
