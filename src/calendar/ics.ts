/** What is wrong with a calendar, for people. Lines count from 1. */
export interface CalendarProblem {
  readonly line: number;
  readonly message: string;
}

/** One thing between `BEGIN:` and `END:`, with everything in it. */
export interface Block {
  readonly name: 'VEVENT' | 'VTIMEZONE' | 'VFREEBUSY';
  /** Where it begins. */
  readonly line: number;
  readonly text: string;
  /** Where a property of it stands; its own beginning where it has none of that name. */
  lineOf(property: string): number;
}

const WANTED = ['VEVENT', 'VTIMEZONE', 'VFREEBUSY'] as const;
/** A content line: a name, then parameters or the value (RFC 5545, 3.1). */
const CONTENT = /^(?<name>[A-Za-z0-9-]+)[;:]/;

/** Whether it begins as one: else nothing of it is of use. */
export const isCalendar = (text: string): boolean => /^\uFEFF?BEGIN:VCALENDAR/i.test(text);

interface Line {
  readonly text: string;
  readonly line: number;
}

/**
 * Takes a calendar apart (RFC 5545) without understanding it, so that one event that is broken costs no other, and each
 * fault has its line.
 */
export function blocksOf(text: string): {
  readonly blocks: readonly Block[];
  readonly problems: readonly CalendarProblem[];
} {
  const lines = unfolded(text);
  const first = lines[0];
  if (first?.text.toUpperCase() !== 'BEGIN:VCALENDAR') {
    const found = first === undefined ? 'it is empty' : `it begins with "${first.text.slice(0, 40)}"`;
    const message = `no calendar: the first line must be BEGIN:VCALENDAR, and ${found}`;
    return { blocks: [], problems: [{ line: first?.line ?? 1, message }] };
  }
  return new Taker().take(lines);
}

/** Long lines are folded: what begins with a blank goes on with the line before. */
function unfolded(text: string): readonly Line[] {
  const lines: { text: string; line: number }[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const last = lines.at(-1);
    if (last !== undefined && /^[ \t]/.test(raw)) last.text += raw.slice(1);
    else if (raw.trim() !== '') lines.push({ text: raw, line: index + 1 });
  }
  return lines;
}

class Taker {
  readonly #open: Line[] = [];
  readonly #blocks: Block[] = [];
  readonly #problems: CalendarProblem[] = [];
  #inside: Line[] = [];

  take(lines: readonly Line[]): ReturnType<typeof blocksOf> {
    for (const line of lines) this.#line(line);
    const left = this.#open.at(-1);
    if (left !== undefined) this.#no(left.line, `BEGIN:${left.text} without its END: the file is cut off`);
    return { blocks: this.#blocks, problems: this.#problems };
  }

  #line({ text, line }: Line): void {
    const [, word = '', name = ''] = /^(BEGIN|END):\s*(\S+)\s*$/i.exec(text) ?? [];
    if (this.#open.length >= 2) this.#inside.push({ text, line });
    if (word === '') {
      if (!CONTENT.test(text)) this.#no(line, `"${text.slice(0, 40)}" is no line of a calendar: NAME:VALUE`);
    } else if (word.toUpperCase() === 'BEGIN') {
      if (this.#open.length === 1) this.#inside = [{ text, line }];
      this.#open.push({ text: name.toUpperCase(), line });
    } else this.#end(name.toUpperCase(), line);
  }

  #end(name: string, line: number): void {
    const begun = this.#open.at(-1);
    if (begun?.text !== name) {
      const open =
        begun === undefined ? 'nothing is open' : `BEGIN:${begun.text} of line ${begun.line} is open`;
      this.#no(line, `END:${name}, and ${open}`);
      return;
    }
    this.#open.pop();
    const wanted = WANTED.find((one) => one === name);
    if (this.#open.length === 1 && wanted !== undefined)
      this.#blocks.push(blockOf(wanted, begun.line, this.#inside));
  }

  #no(line: number, message: string): void {
    this.#problems.push({ line, message });
  }
}

function blockOf(name: Block['name'], line: number, lines: readonly Line[]): Block {
  // What is no line of a calendar was told already, and would cost the whole block.
  const good = lines.filter(({ text }) => CONTENT.test(text));
  return {
    name,
    line,
    text: good.map(({ text }) => text).join('\r\n'),
    lineOf: (property) =>
      good.find(({ text }) => CONTENT.exec(text)?.groups?.['name']?.toUpperCase() === property)?.line ?? line,
  };
}
