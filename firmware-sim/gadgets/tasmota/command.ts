/** One command as Tasmota's dispatcher hands it on. Source: arendst/Tasmota `support_command.ino`, CommandHandler. */
export interface Command {
  /** Lower case, without its index. */
  readonly word: string;
  /** 1 where none was given. */
  readonly index: number;
  readonly indexGiven: boolean;
  /** Without leading spaces; a lone `?` counts as empty. */
  readonly data: string;
  /** The number the data begins with, or the state a word stands for; null for neither. */
  readonly payload: number | null;
}

/** Default texts of the states and their fixed synonyms (GetStateNumber). */
const STATES: Readonly<Record<string, number>> = {
  off: 0,
  false: 0,
  on: 1,
  true: 1,
  toggle: 2,
  blink: 3,
  blinkoff: 4,
};

export function stateNumber(text: string): number | null {
  // None of the words begins with a digit, and most of what is said does.
  if (/^\d/.test(text)) return null;
  return STATES[text.trim().toLowerCase()] ?? null;
}

/** C's `strtol(.., 0)`: decimal, octal or hex at the start of the text, the rest ignored. */
export function leadingNumber(text: string): number | null {
  // Nearly all of them.
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  const match = /^\s*([+-]?)(0x[0-9a-f]+|\d+)/i.exec(text);
  const digits = match?.[2]?.toLowerCase();
  if (match === null || digits === undefined) return null;
  const octal = /^0([0-7]*)/.exec(digits);
  const size = digits.startsWith('0x')
    ? parseInt(digits, 16)
    : octal
      ? parseInt(`0${octal[1] ?? ''}`, 8)
      : Number(digits);
  return match[1] === '-' ? -size : size;
}

export type Word = Pick<Command, 'word' | 'index' | 'indexGiven'>;

/** `Power2` */
export function parseWord(topicWord: string): Word {
  const match = /^_?(.*?)(\d*)$/.exec(topicWord.toLowerCase());
  const digits = match?.[2] ?? '';
  return {
    word: match?.[1] ?? '',
    index: digits === '' ? 1 : Number(digits),
    indexGiven: digits !== '',
  };
}

export function commandOf({ word, index, indexGiven }: Word, payload: string): Command {
  const trimmed = payload.trimStart();
  const data = trimmed === '?' ? '' : trimmed;
  return { word, index, indexGiven, data, payload: stateNumber(data) ?? leadingNumber(data) };
}

export function parseCommand(topicWord: string, payload: string): Command {
  return commandOf(parseWord(topicWord), payload);
}

/** The commands of a `Backlog`: separated by semicolons, word and data by a space. */
export function parseBacklog(data: string): readonly Command[] {
  return data
    .split(';')
    .map((part) => part.trim().replace(/^backlog\d*\s*/i, ''))
    .filter((part) => part !== '')
    .map((part) => {
      const space = part.indexOf(' ');
      return space < 0 ? parseCommand(part, '') : parseCommand(part.slice(0, space), part.slice(space + 1));
    });
}
