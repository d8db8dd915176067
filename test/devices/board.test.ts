/**
 * If this fails, an output of the valve board may be opened or renewed without anybody having judged it, a board that
 * restarted, was flashed with other limits or lost its line passes for one that is there, or a press is lost or invented.
 */
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../devices/board/codec.ts';
import { CUES } from '../../machines/cues.ts';
import { BOARD_LIMITS, BOARD_LIMITS_HASH } from '../../machines/envelope-hash.ts';
import type { Rig } from './replay.ts';
import { clock, close, open, opens, renew, replay, sample } from './replay.ts';
import { BoardRig, HELLO, line, LINE, LINK, stat } from './board-rig.ts';

const valve = () => new BoardRig('hot', { valve: 1 });
const button = () => new BoardRig('button', { button: 1 });
const cue = (name: keyof typeof CUES) => (rig: Rig) => rig.command({ action: 'cue', cue: CUES[name] });

describe('a part of a board speaks as its firmware was recorded', () => {
  it('greeting: closed is believed of the answer to our close', () => {
    const rig = replay('board/greeting', valve(), [(one) => one.message(LINK, '{"up":true}')]);
    expect(rig.statuses).toEqual(['closed']);
    expect(rig.faults).toEqual([{ type: 'presence', device: 'foot-bath-hot', online: true }]);
  });

  it('an open is acknowledged, and open, when the board says so', () => {
    const rig = replay('board/open-2s', valve().meetBoard(), [open(2_000)]);
    expect(rig.acks).toEqual([{ device: 'foot-bath-hot', leaseMs: 2_000, targetC: null }]);
    expect(rig.statuses).toEqual(['open']);
  });

  it('each renewal is acknowledged', () => {
    const rig = replay('board/renewal', valve().meetBoard(), [open(2_000), clock, renew(2_000)]);
    expect(rig.acks).toHaveLength(2);
    expect(rig.statuses).toEqual(['open']);
  });

  it('a close', () => {
    const rig = replay('board/close', valve().meetBoard(), [open(2_000), close]);
    expect(rig.statuses).toEqual(['open', 'closed']);
  });

  it('the deadline of the board is seen as closed, and a late renewal does not open it', () => {
    const rig = replay('board/deadline', valve().meetBoard(), [open(300), clock]);
    expect(rig.statuses).toEqual(['open', 'closed']);
    renew(300)(rig.forget());
    expect(rig.asked).toEqual([]);
  });

  it('stopped at the board: a fault where nobody closes; taken back with the next open, which a person has asked for', () => {
    const causes = [open(2_000), clock, clock, close, open(2_000)];
    const rig = replay('board/stop-button', valve().meetBoard(), causes);
    expect(rig.statuses).toEqual(['open', 'closed', 'closed', 'open']);
    expect(rig.said).toEqual(['somebody stopped the water at the board itself']);
  });

  it('cut by its own heat: told at once, with the temperature', () => {
    const rig = replay('board/hot', valve().meetBoard(), [open(2_000), clock, close]);
    expect(rig.statuses.slice(0, 2)).toEqual(['open', 'closed']);
    expect(rig.said[0]).toBe('the board closed hot: too hot at its own thermometer (43.99 C)');
  });

  it('a restart while open is named once, and closed', () => {
    const rig = replay('board/reboot', valve().meetBoard(), [open(2_000)]);
    expect(rig.said).toEqual(['rebooted']);
    expect(rig.statuses).toEqual(['open', 'closed']);
  });

  it('the thermistor is told twice a second while water is wanted, and is as old as it says', () => {
    const thermometer = new BoardRig('thermometer', { temperature: 1 }).meetBoard();
    const unwanted = (rig: Rig) => rig.command({ action: 'sample', on: false });
    const { readings } = replay('board/thermometer', thermometer, [sample, clock, unwanted]);
    expect(readings).toHaveLength(4);
    for (const reading of readings) {
      expect(reading).toMatchObject({ kind: 'temperature', valueC: 38 });
      expect('takenAtMs' in reading ? thermometer.atMs - reading.takenAtMs : NaN).toBeLessThan(1_100);
    }
  });

  it('the DS18B20 is asked for its age; before its first answer it has no temperature', () => {
    const probe = new BoardRig('thermometer', { temperature: 2 }).meetBoard();
    const { readings } = replay('board/probe', probe, [sample, clock, clock, clock]);
    expect(readings.map((reading) => 'valueC' in reading && reading.valueC)).toEqual([null, 38, 38, 38]);
  });

  it('a press', () => {
    const rig = replay('board/button', button().meetBoard(), [clock]);
    expect(rig.readings).toEqual([{ kind: 'button', device: 'foot-bath-button', action: { type: 'press' } }]);
  });

  it.each([
    ['light', { light: 1 }],
    ['buzzer', { buzzer: 1, tone: 2_400 }],
  ] as const)('a cue of the %s is one request, and the board plays it', (role, part) => {
    replay(`board/${role}`, new BoardRig(role, part).meetBoard(), [cue('feet-in'), cue('off')]);
  });
});

describe('a board is one of ours', () => {
  it('with the very limits of this Ebb', () => {
    expect(LIMITS).toBe(BOARD_LIMITS_HASH);
    expect(valve().device.declaration.lease?.maxMs).toBe(BOARD_LIMITS.maxLeaseMs);
  });

  it.each([
    [HELLO.replace(LIMITS, '00000000'), /other limits \(00000000\) than this Ebb/],
    [HELLO.replace('proto=1', 'proto=2'), /version 2 of the protocol/],
    [HELLO.replace('valves=4', 'valves=0'), /valves=0/],
    [HELLO.replace('maxms=30000', 'maxms=5000'), /leases of 5000 ms at most/],
    ['err form unknown', /does not know HELLO/],
  ])('%s: said why, never opened, and asked again now and then', (hello, why) => {
    const rig = valve().port(true).answer('HELLO', hello);
    expect(rig.said).toEqual([expect.stringMatching(why)]);
    rig.forget();
    open(2_000)(rig);
    expect(rig.asked).toEqual([]);
    rig.later(9_000);
    expect(rig.asked).toEqual([]);
    // Flashed meanwhile.
    rig.later(1_000).answer('HELLO', HELLO);
    expect(rig.said).toEqual(['there']);
  });

  it('that answers in another seat is not taken for an answer here', () => {
    const rig = valve().port(true);
    rig
      .say(`@2000 ${HELLO}`)
      .say(`@1001 ${HELLO}`)
      .message(LINE, `${line(`@1000 ${HELLO}`).slice(0, -1)}0`);
    expect(rig.faults).toEqual([]);
    rig.answer('HELLO', HELLO);
    expect(rig.said).toEqual(['there']);
  });

  it('is gone with its port, with the reason, and nothing is kept for it', () => {
    const rig = valve().meetBoard();
    open(2_000)(rig);
    rig.forget().port(false, 'there is no /dev/ttyUSB0');
    expect(rig.said).toEqual(['there is no /dev/ttyUSB0', 'gone']);
    open(2_000)(rig);
    rig.later(5_000);
    expect(rig.asked).toEqual([]);
    // The same reason again is no news.
    expect(rig.port(false, 'there is no /dev/ttyUSB0').said).toHaveLength(2);
  });

  it('is gone after 3 s without an answer, and met anew when it speaks again', () => {
    const rig = valve().meetBoard();
    for (let i = 0; i < 7; i += 1) rig.later(500);
    expect(rig.said).toEqual([expect.stringMatching(/does not answer/), 'gone']);
    rig.forget().later(1_000);
    expect(rig.asked).toEqual(['HELLO']);
    rig.answer('HELLO', HELLO);
    expect([rig.said, rig.asked.at(-1)]).toEqual([['there'], 'CLOSE 1']);
  });

  it('that answers late is believed in nothing but that it is there', () => {
    const rig = valve().meetBoard();
    for (let i = 0; i < 6; i += 1) {
      rig.clock();
      const seq = rig.seqOf('STAT');
      rig.later(450).say(`@${seq} ${stat({ v1: 900 })}`);
    }
    expect([rig.said, rig.readings]).toEqual([[], []]);
  });

  it('is asked something each second by each valve: that keeps its link lease, and nothing else does', () => {
    const rig = valve().meetBoard();
    for (let i = 0; i < 5; i += 1) rig.clock().answer('STAT', stat());
    expect(rig.asked).toEqual(Array(5).fill('STAT'));
    expect(rig.atMs).toBe(6_000);
  });

  it('with another boot id after the port came back has restarted', () => {
    const rig = valve().meetBoard();
    rig.port(false).forget().port(true).answer('HELLO', HELLO.replace('4f57cbc7', '00000001'));
    expect(rig.said).toEqual(['rebooted', 'there']);
  });

  it('is there still when the broker is not: closed then, and there again with the broker', () => {
    const rig = valve().meetBoard();
    open(2_000)(rig);
    rig.forget().link(false);
    expect(rig.asked).toEqual(['CLOSE 1']);
    rig.forget().link(true);
    expect(rig.said).toEqual(['there']);
  });
});

describe('a line that loses things', () => {
  const opening = (): BoardRig => {
    const rig = valve().meetBoard();
    open(2_000)(rig);
    return rig;
  };

  it('an open without an answer: the state is asked for, and the open is sent again only if it was lost', () => {
    const rig = opening().later(400);
    expect(rig.asked).toEqual(['OPEN 1 2000', 'STAT']);
    rig.answer('STAT', stat());
    // What is left of the lease, and no more.
    expect(rig.asked.at(-1)).toBe('OPEN 1 1600');
    rig.answer('OPEN', 'ok v=1 ms=1600');
    expect(rig.statuses).toEqual(['open']);
  });

  it('an open whose answer was lost is not sent again, and is acknowledged as the board has it', () => {
    const rig = opening()
      .later(400)
      .answer('STAT', stat({ v1: 1_580 }));
    expect(rig.asked).toEqual(['OPEN 1 2000', 'STAT']);
    expect(rig.acks).toEqual([{ device: 'foot-bath-hot', leaseMs: 1_580, targetC: null }]);
    expect(rig.statuses).toEqual(['open']);
  });

  it('a renewal while nobody knows waits for the state, and does not open what is shut', () => {
    const open1 = opening().later(400);
    renew(2_000)(open1);
    expect(open1.asked).toEqual(['OPEN 1 2000', 'STAT']);
    open1.answer('STAT', stat({ v1: 1_500 }));
    expect(open1.asked.at(-1)).toBe('OPEN 1 2000');

    const lost = opening().answer('OPEN', 'ok v=1 ms=2000').later(100);
    renew(2_000)(lost);
    lost.later(400).answer('STAT', stat());
    expect(lost.statuses).toEqual(['open', 'closed']);
    renew(2_000)(lost.forget());
    expect(lost.asked).toEqual([]);
  });

  it('a close is sent until it is answered', () => {
    const rig = opening().answer('OPEN', 'ok v=1 ms=2000').forget();
    close(rig);
    rig.later(400).later(400);
    expect(rig.asked.filter((one) => one === 'CLOSE 1')).toHaveLength(3);
    rig.answer('CLOSE', 'ok v=1');
    expect(rig.statuses).toEqual(['closed']);
  });

  it('what is open and should not be is closed at the next look', () => {
    const rig = valve()
      .meetBoard()
      .clock()
      .answer('STAT', stat({ v1: 900 }));
    expect(rig.statuses).toEqual(['open']);
    expect(rig.asked).toEqual(['STAT', 'CLOSE 1']);
  });

  it('an answer that was overtaken by a close or an open says nothing', () => {
    const rig = opening();
    close(rig);
    rig.answer('OPEN', 'ok v=1 ms=2000');
    expect([rig.statuses, rig.acks]).toEqual([[], []]);
    // Seen before the open was carried out.
    const before = valve().meetBoard().clock();
    open(2_000)(before);
    before.answer('STAT', stat());
    expect(before.statuses).toEqual([]);
  });

  it('the interlock of the board is met again after a moment, for what is left of the lease', () => {
    const rig = opening().answer('OPEN', 'err interlock the other side is open or just was');
    expect([rig.said, rig.statuses]).toEqual([[], []]);
    rig.clock();
    expect(rig.asked.at(-1)).toBe('OPEN 1 1940');
    for (let i = 0; i < 8; i += 1) rig.answer('OPEN', 'err interlock the other side is open').clock();
    expect(rig.said).toEqual(['the board does not open valve 1: interlock (the other side is open)']);
  });

  it.each(['hot', 'sensor', 'cap', 'stop', 'token', 'range'])(
    'refused with %s: told, and never again by itself',
    (code) => {
      const rig = opening().answer('OPEN', `err ${code} so it is`).answer('STAT', stat());
      expect(rig.said).toEqual([`the board does not open valve 1: ${code} (so it is)`]);
      renew(2_000)(rig.forget());
      rig.later(1_000);
      expect(rig.asked.filter((one) => one.startsWith('OPEN'))).toEqual([]);
    },
  );

  it('stopped at the board without a button of Ebb: a fault of its own, in words', () => {
    const rig = opening().answer('OPEN', 'ok v=1 ms=2000').forget();
    rig.say('!stop why=button').say('!closed v=1 why=stop').later(100);
    expect(rig.said).toEqual([]);
    rig.later(60);
    expect(rig.said).toEqual(['somebody stopped the water at the board itself']);
  });

  it('stopped at the board between two sides: the next open is not sent, nor the stop taken back', () => {
    const rig = opening().answer('OPEN', 'ok v=1 ms=2000');
    close(rig);
    rig.answer('CLOSE', 'ok v=1').say('!stop why=button').later(600).forget();
    open(2_000)(rig);
    expect(rig.asked.filter((one) => /^(OPEN|CLEAR)/.test(one))).toEqual([]);
    expect(rig.said).toEqual(['somebody stopped the water at the board itself']);
    // What a person starts anew is another matter.
    close(rig);
    rig.answer('CLOSE', 'ok v=1').later(600).forget();
    open(2_000)(rig);
    rig.answer('CLEAR', 'ok');
    expect(rig.asked.filter((one) => /^(OPEN|CLEAR)/.test(one))).toEqual(['CLEAR', 'OPEN 1 2000']);
  });

  it('stopped at the board with a button of Ebb: the core closes, and there is no fault', () => {
    const rig = opening().answer('OPEN', 'ok v=1 ms=2000').forget();
    rig.say('!stop why=button').say('!closed v=1 why=stop').later(20);
    close(rig);
    rig.answer('CLOSE', 'ok v=1').later(500);
    expect(rig.said).toEqual([]);
  });

  it('neither a crippled line, nor one of another valve, nor an old one moves anything', () => {
    const rig = opening();
    const seq = rig.seqOf('OPEN');
    rig
      .message(LINE, `@${seq} ok v=1 ms=2000*0000`)
      .message(LINE, `@${seq} ok v=1 ms=2000`)
      .message('port:/dev/other/line', line(`@${seq} ok v=1 ms=2000`))
      .say('!closed v=2 why=lease')
      .say('!tele t1=38.00 t2=na v=1 up=5')
      .say('!nonsense')
      .say('@7 ok v=1 ms=2000');
    expect([rig.acks, rig.readings]).toEqual([[], []]);
    expect(rig.out.filter(opens)).toHaveLength(1);
  });
});

describe('a button', () => {
  it('is held for 3 and 5 s', () => {
    const rig = button().meetBoard().say('!btn n=1 down');
    for (let i = 0; i < 30; i += 1) rig.clock().answer('STAT', stat({ btn: 1 }));
    expect(rig.readings.map((reading) => reading.kind === 'button' && reading.action)).toEqual([
      { type: 'press' },
      { type: 'hold', heldMs: 3_000 },
      { type: 'hold', heldMs: 5_000 },
    ]);
  });

  it('whose release was lost is not held: a hold means a symptom', () => {
    const rig = button().meetBoard().say('!btn n=1 down');
    for (let i = 0; i < 20; i += 1) rig.clock().answer('STAT', stat());
    expect(rig.readings).toHaveLength(1);
  });

  it('whose press was lost is pressed at the next look, once', () => {
    const rig = button()
      .meetBoard()
      .clock()
      .answer('STAT', stat({ btn: 1 }))
      .say('!btn n=1 down');
    expect(rig.readings).toHaveLength(1);
  });

  it('that was down when it was met is not pressed', () => {
    const rig = button()
      .port(true)
      .answer('HELLO', HELLO)
      .answer('STAT', stat({ btn: 1 }));
    for (let i = 0; i < 12; i += 1) rig.later(500).answer('STAT', stat({ btn: 1 }));
    expect(rig.readings).toEqual([]);
  });
});

it('a lost cue is sent three times at most, and none to a board that is not there', () => {
  const rig = new BoardRig('light', { light: 1 });
  cue('warm')(rig);
  expect(rig.asked).toEqual([]);
  rig.meetBoard();
  cue('warm')(rig);
  for (let i = 0; i < 5; i += 1) rig.later(450);
  expect(rig.asked.filter((one) => one === 'LED 1 800 200 1 1')).toHaveLength(3);
});
