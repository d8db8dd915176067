// If these fail, a desk without hardware is silent, or a notification stays after it was answered, or pops up twice.
import { describe, expect, test } from 'vitest';
import { CUES } from '../../machines/cues.ts';
import type { CueName, Role, Words } from '../../src/model/device.ts';
import { Rig } from './replay.ts';

class Screen extends Rig {
  readonly topic: string;

  constructor(role: Role, as: 'bell' | 'notification', more: Record<string, unknown> = {}) {
    super(role, 'desktop', { as, ...more });
    this.topic = `desktop:${as}/foot-bath-${role}`;
  }

  is(news: object): this {
    return this.message(this.topic, JSON.stringify(news));
  }

  cue(name: CueName, words?: Words): this {
    return this.command({ action: 'cue', cue: words === undefined ? CUES[name] : { ...CUES[name], words } });
  }

  /** What was asked since the last time. */
  asks(): readonly unknown[] {
    return this.out.splice(0).map(({ topic, payload }) => {
      expect(topic).toBe(`${this.topic}/do`);
      return JSON.parse(payload) as unknown;
    });
  }
}

const WORDS = { title: 'Calf raises', text: 'Rise on your toes' };
const SHOWN = { do: 'show', ...WORDS };

describe('a bell', () => {
  test('rings once for each beep, in its rhythm, and no longer than the cue', () => {
    const bell = new Screen('buzzer', 'bell').is({ up: true }).cue('end');
    const rungMs: number[] = [];
    for (let guard = 0; guard < 20; guard += 1) {
      if (bell.asks().length > 0) rungMs.push(bell.atMs);
      if (bell.nextDeadlineMs === null) break;
      bell.feed({ type: 'clock' }, bell.nextDeadlineMs);
    }
    expect(rungMs).toEqual([1_000, 2_000, 3_000, 4_000]);
    expect(bell.nextDeadlineMs).toBeNull();
  });

  test('is silent with the light alone, and after the answer', () => {
    const bell = new Screen('buzzer', 'bell').is({ up: true }).cue('remind');
    expect(bell.asks()).toEqual([]);
    bell.cue('remind-again').cue('off');
    expect(bell.asks()).toEqual([{ do: 'ring' }]);
    expect(bell.nextDeadlineMs).toBeNull();
  });
});

describe('a notification', () => {
  test('comes with the light, says what is due, and is taken back once', () => {
    const light = new Screen('light', 'notification').is({ up: true });
    expect(light.cue('remind', WORDS).asks()).toEqual([SHOWN]);
    expect(light.cue('remind-again', WORDS).cue('beat').asks()).toEqual([]);
    expect(light.cue('off').asks()).toEqual([{ do: 'clear' }]);
    expect(light.cue('off').asks()).toEqual([]);
  });

  test('as a buzzer comes with the beep; a message of its own stands for the text', () => {
    const buzzer = new Screen('buzzer', 'notification', { message: 'Up!' }).is({ up: true });
    expect(buzzer.cue('remind', WORDS).asks()).toEqual([]);
    expect(buzzer.cue('remind-again', WORDS).asks()).toEqual([{ ...SHOWN, text: 'Up!' }]);
  });

  test('a cue that is given again, since the broker is back, does not pop up again; another one does', () => {
    const light = new Screen('light', 'notification').is({ up: true }).cue('remind', WORDS);
    light.asks();
    light.feed({ type: 'link', up: false }).feed({ type: 'link', up: true });
    expect(light.cue('remind', WORDS).asks()).toEqual([]);
    expect(light.cue('remind', { ...WORDS, title: 'Heels' }).asks()).toEqual([{ ...SHOWN, title: 'Heels' }]);
  });

  test('what could not be shown is told, is not taken back, and is tried the next time', () => {
    const light = new Screen('light', 'notification').is({ up: false, why: 'there is no notify-send' });
    expect(light.faults).toEqual([
      { type: 'presence', device: 'foot-bath-light', online: false },
      { type: 'refused', device: 'foot-bath-light', message: 'there is no notify-send' },
    ]);
    expect(light.cue('remind', WORDS).asks()).toEqual([SHOWN]);
    light.is({ up: false, why: 'it failed' });
    expect(light.cue('off').asks()).toEqual([]);
    expect(light.cue('remind', WORDS).asks()).toEqual([SHOWN]);
  });

  test('is as there as it was when the broker is back, and unknown before anybody said so', () => {
    const light = new Screen('light', 'notification').feed({ type: 'link', up: true });
    expect(light.faults).toEqual([]);
    light.is({ up: true }).feed({ type: 'link', up: false }).feed({ type: 'link', up: true });
    expect(light.faults).toEqual([
      { type: 'presence', device: 'foot-bath-light', online: true },
      { type: 'presence', device: 'foot-bath-light', online: true },
    ]);
    expect(
      light.message(light.topic, 'nonsense').message('desktop:bell/other', '{"up":false,"why":""}').faults,
    ).toHaveLength(2);
  });
});
