// If these fail, a desk blinks in the middle of a meeting, or is silent for a birthday; or one broken event silences the
// whole calendar.
import { describe, expect, test } from 'vitest';
import { busyTimes } from '../../src/calendar/busy-times.ts';

const WINDOW = {
  fromMs: Date.parse('2026-03-20T00:00:00Z'),
  toMs: Date.parse('2026-04-10T00:00:00Z'),
  zone: 'Europe/Berlin',
};
const calendar = (...lines: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: readonly string[]): string => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n');
/** `2026-03-25T08:00/09:00`, UTC. */
const busy = (text: string): readonly string[] =>
  busyTimes(text, WINDOW)
    .spans.map(({ fromMs, toMs }) => `${iso(fromMs)}/${iso(toMs).slice(11)}`)
    .sort();
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
const HOUR = ['DTSTART:20260325T080000Z', 'DTEND:20260325T090000Z'];

describe('one event', () => {
  test.each([
    ['in UTC', HOUR, ['2026-03-25T08:00/09:00']],
    [
      'in a zone, with a length',
      ['DTSTART;TZID=America/New_York:20260325T080000', 'DURATION:PT90M'],
      ['2026-03-25T12:00/13:30'],
    ],
    [
      'without a zone: in that of the desk',
      ['DTSTART:20260325T080000', 'DTEND:20260325T083000'],
      ['2026-03-25T07:00/07:30'],
    ],
    ['cancelled', [...HOUR, 'STATUS:CANCELLED'], []],
    ['free', [...HOUR, 'TRANSP:TRANSPARENT'], []],
    ['free for Outlook', [...HOUR, 'X-MICROSOFT-CDO-BUSYSTATUS:FREE'], []],
    ['tentative', [...HOUR, 'STATUS:TENTATIVE'], ['2026-03-25T08:00/09:00']],
    ['a birthday', ['DTSTART;VALUE=DATE:20260325', 'DTEND;VALUE=DATE:20260326'], []],
    [
      'a whole day that says busy',
      ['DTSTART;VALUE=DATE:20260325', 'DTEND;VALUE=DATE:20260326', 'TRANSP:OPAQUE'],
      ['2026-03-24T23:00/23:00'],
    ],
    ['of no length', ['DTSTART:20260325T080000Z'], []],
    ['long ago', ['DTSTART:20250325T080000Z', 'DTEND:20250325T090000Z'], []],
  ])('%s', (_, lines, expected) => {
    expect(busy(calendar(event('UID:1', ...lines)))).toEqual(expected);
    expect(busyTimes(calendar(event('UID:1', ...lines)), WINDOW).problems).toEqual([]);
  });

  test('free/busy lists are what they say', () => {
    const text = calendar(
      'BEGIN:VFREEBUSY',
      'FREEBUSY;FBTYPE=BUSY:20260325T080000Z/20260325T090000Z,20260325T100000Z/PT1H',
      'FREEBUSY;FBTYPE=FREE:20260325T120000Z/PT1H',
      'END:VFREEBUSY',
    );
    expect(busy(text)).toEqual(['2026-03-25T08:00/09:00', '2026-03-25T10:00/11:00']);
  });
});

describe('a series', () => {
  const weekly = [
    'UID:team',
    'DTSTART;TZID=Europe/Berlin:20260105T140000',
    'DTEND;TZID=Europe/Berlin:20260105T150000',
  ];

  test('keeps its hour on the wall over the change of the clocks, and ends with the last that UNTIL allows', () => {
    const text = calendar(event(...weekly, 'RRULE:FREQ=WEEKLY;UNTIL=20260406T120000Z'));
    expect(busy(text)).toEqual([
      '2026-03-23T13:00/14:00',
      '2026-03-30T12:00/13:00',
      '2026-04-06T12:00/13:00',
    ]);
  });

  test('what was taken out does not take place, whatever zone that is written in, and several in a row', () => {
    const out = [
      'EXDATE:20260323T130000Z',
      'EXDATE;TZID=Europe/Berlin:20260330T140000',
      'EXDATE;TZID=Europe/Berlin:20260325T140000',
      'EXDATE;TZID=Europe/Berlin:20260326T140000',
    ];
    expect(busy(calendar(event(...weekly, 'RRULE:FREQ=WEEKLY', ...out)))).toEqual(['2026-04-06T12:00/13:00']);
  });

  test('one turn that was moved, one that was called off, and one moved in from elsewhere', () => {
    const at = (turn: string, ...lines: readonly string[]): string =>
      event('UID:team', `RECURRENCE-ID;TZID=Europe/Berlin:${turn}`, ...lines);
    const text = calendar(
      event(...weekly, 'RRULE:FREQ=WEEKLY'),
      at('20260323T140000', 'DTSTART;TZID=Europe/Berlin:20260324T090000', 'DURATION:PT30M'),
      at('20260330T140000', 'DTSTART;TZID=Europe/Berlin:20260330T140000', 'STATUS:CANCELLED'),
      at('20260601T140000', 'DTSTART;TZID=Europe/Berlin:20260401T090000', 'DURATION:PT30M'),
    );
    expect(busy(text)).toEqual([
      '2026-03-24T08:00/08:30',
      '2026-04-01T07:00/07:30',
      '2026-04-06T12:00/13:00',
    ]);
  });

  test('from one turn on all are different', () => {
    const later = event(
      'UID:team',
      'RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260330T140000',
      'DTSTART;TZID=Europe/Berlin:20260330T160000',
      'DTEND;TZID=Europe/Berlin:20260330T163000',
    );
    expect([...new Set(busy(calendar(event(...weekly, 'RRULE:FREQ=WEEKLY'), later)))]).toEqual([
      '2026-03-23T13:00/14:00',
      '2026-03-30T14:00/14:30',
      '2026-04-06T14:00/14:30',
    ]);
  });

  test('a zone of the file itself, as Outlook names them', () => {
    const zone = [
      'BEGIN:VTIMEZONE',
      'TZID:Customized Time Zone',
      ...['BEGIN:STANDARD', 'DTSTART:16010101T030000', 'TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100'],
      ...['RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10', 'END:STANDARD'],
      ...['BEGIN:DAYLIGHT', 'DTSTART:16010101T020000', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200'],
      ...['RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3', 'END:DAYLIGHT', 'END:VTIMEZONE'],
    ];
    const at = (day: string, uid: string): string =>
      event(`UID:${uid}`, `DTSTART;TZID=Customized Time Zone:${day}T140000`, 'DURATION:PT1H');
    expect(busy(calendar(...zone, at('20260327', 'a'), at('20260330', 'b')))).toEqual([
      '2026-03-27T13:00/14:00',
      '2026-03-30T12:00/13:00',
    ]);
  });

  test('on the first Thursday, every other day, three times: by the rule', () => {
    const daily = event(
      'UID:d',
      'DTSTART:20260322T080000Z',
      'DURATION:PT1H',
      'RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3',
    );
    const monthly = event(
      ...[
        'UID:m',
        'DTSTART:20260101T160000Z',
        'DURATION:PT1H',
        'RRULE:FREQ=MONTHLY;BYDAY=1TH',
        'RDATE:20260324T160000Z',
      ],
    );
    expect(busy(calendar(daily, monthly))).toEqual([
      '2026-03-22T08:00/09:00',
      '2026-03-24T08:00/09:00',
      '2026-03-24T16:00/17:00',
      '2026-03-26T08:00/09:00',
      '2026-04-02T16:00/17:00',
    ]);
  });
});

describe('a fault', () => {
  const good = event('UID:good', ...HOUR);
  const problemsOf = (text: string): readonly string[] =>
    busyTimes(text, WINDOW).problems.map(({ line, message }) => `${line}: ${message}`);

  test.each([
    ['no date', ['UID:x'], /^8: an event without DTSTART/],
    [
      'no such day',
      ['UID:x', 'DTSTART:20261345T100000'],
      /^10: DTSTART cannot be read: there is no such day/,
    ],
    ['29 February of no leap year', ['UID:x', 'DTSTART;VALUE=DATE:20260229'], /^10: DTSTART cannot be read/],
    [
      'no such rule',
      ['UID:x', ...HOUR, 'RRULE:FREQ=SOMETIMES'],
      /^8: this VEVENT cannot be read: .*SOMETIMES/,
    ],
    [
      'no zone',
      ['UID:x', 'DTSTART;TZID=Mars/Olympus:20260325T080000'],
      /^10: the time zone "Mars\/Olympus" is not known: taken as Europe\/Berlin/,
    ],
    ['no line', ['UID:x', 'what is this', ...HOUR], /^10: "what is this" is no line of a calendar/],
    [
      'a duration without an end',
      ['UID:x', 'DTSTART:20260101T000000Z', 'DURATION:P999999999999D'],
      /^11: DURATION cannot be read: it is longer than a year/,
    ],
    [
      'every second for ever',
      ['UID:x', 'DTSTART:20260101T000000Z', 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY'],
      /^12: it comes too often/,
    ],
  ])('%s: told at its line, and costs no other event', (_, lines, expected) => {
    const text = calendar(good, event(...lines));
    expect(problemsOf(text)).toEqual([expect.stringMatching(expected)]);
    expect(busy(text)).toContain('2026-03-25T08:00/09:00');
  });

  test('a file that is cut off, and one that is none', () => {
    expect(problemsOf(calendar(good).slice(0, 80))).toEqual([
      expect.stringMatching(/^3: BEGIN:VEVENT without its END: the file is cut off/),
    ]);
    expect(problemsOf('<!doctype html>\n<title>Log in</title>')).toEqual([
      '1: no calendar: the first line must be BEGIN:VCALENDAR, and it begins with "<!doctype html>"',
    ]);
    expect(problemsOf('')).toEqual([expect.stringContaining('it is empty')]);
  });

  test('whatever the bytes are, it ends, and says nothing that is no time', () => {
    const whole = calendar(
      good,
      event(
        'UID:team',
        'DTSTART;TZID=Europe/Berlin:20260105T140000',
        'DURATION:PT1H',
        'RRULE:FREQ=WEEKLY;BYDAY=MO,WE',
      ),
    );
    for (let at = 0; at < whole.length; at += 1) {
      for (const text of [whole.slice(0, at), `${whole.slice(0, at)}9${whole.slice(at + 1)}`]) {
        for (const { fromMs, toMs } of busyTimes(text, WINDOW).spans) expect(toMs).toBeGreaterThan(fromMs);
      }
    }
  });
});
