/*
 * iCalendar (RFC 5545), the little of it that a list of times needs: events with a beginning and an end in UTC. Text is
 * escaped and lines are folded as it asks for (3.3.11, 3.1), so nothing in a title can become a property of its own.
 */

export interface CalendarEvent {
  /** Stays the same for the same event, so that a calendar that asks again does not show it twice. */
  readonly uid: string;
  readonly summary: string;
  readonly description: string;
  readonly location: string;
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
}

export const CALENDAR_TYPE = 'text/calendar; charset=utf-8';
/** Bytes of a line without its end; what is longer goes on in the next, after a space. */
const MAX_LINE_BYTES = 75;

/** `nowMs`: when this was written. Calendars are asked to come again in an hour. */
export function calendarText(name: string, events: readonly CalendarEvent[], nowMs: number): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Ebb//reminders//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `NAME:${escaped(name)}`,
    `X-WR-CALNAME:${escaped(name)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    ...events.flatMap((event) => eventLines(event, nowMs)),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function eventLines(
  { uid, summary, description, location, startMs, endMs }: CalendarEvent,
  nowMs: number,
): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${escaped(uid)}`,
    `DTSTAMP:${utc(nowMs)}`,
    `DTSTART:${utc(startMs)}`,
    `DTEND:${utc(endMs)}`,
    `SUMMARY:${escaped(summary)}`,
    `DESCRIPTION:${escaped(description)}`,
    `LOCATION:${escaped(location)}`,
    // It is an invitation to get up, and keeps nobody from being asked to a meeting, nor a desk from reminding.
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

function utc(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/** Of control characters only the line break has a form; the others are not text. */
function escaped(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replace(/\p{Cc}/gu, '');
}

/** Never within a character. */
function folded(line: string): string {
  let text = '';
  let bytes = 0;
  for (const character of line) {
    const more = Buffer.byteLength(character);
    if (bytes + more > MAX_LINE_BYTES) {
      text += '\r\n ';
      bytes = 1;
    }
    text += character;
    bytes += more;
  }
  return text;
}
