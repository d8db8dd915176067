/** The countdown, three lines high: it has to be read from the bath. */
const GLYPHS: Readonly<Record<string, readonly [string, string, string]>> = {
  '0': ['┏━┓', '┃ ┃', '┗━┛'],
  '1': [' ╻ ', ' ┃ ', ' ╹ '],
  '2': ['╺━┓', '┏━┛', '┗━╸'],
  '3': ['╺━┓', ' ━┫', '╺━┛'],
  '4': ['╻ ╻', '┗━┫', '  ╹'],
  '5': ['┏━╸', '┗━┓', '╺━┛'],
  '6': ['┏━╸', '┣━┓', '┗━┛'],
  '7': ['╺━┓', '  ┃', '  ╹'],
  '8': ['┏━┓', '┣━┫', '┗━┛'],
  '9': ['┏━┓', '┗━┫', '╺━┛'],
  '-': ['   ', '╺━╸', '   '],
  ':': ['╻', ' ', '╹'],
};
const BLANK = ['   ', '   ', '   '] as const;

export function bigText(text: string): readonly [string, string, string] {
  const glyphs = Array.from(text, (letter) => GLYPHS[letter] ?? BLANK);
  const row = (index: 0 | 1 | 2): string => glyphs.map((glyph) => glyph[index]).join(' ');
  return [row(0), row(1), row(2)];
}
