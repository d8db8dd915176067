import { painter } from '../output.ts';
import type { Out } from '../output.ts';
import type { Line } from './frame.ts';

const ESC = '\u001b[';

/**
 * The lines at the bottom of a terminal that are drawn over and over; everything else scrolls away above them. A
 * line is cut at the width of the terminal, for one that wraps would leave its rest behind at the next redraw.
 */
export class Screen {
  readonly #out: Out;
  readonly #columns: () => number;
  readonly #paint: ReturnType<typeof painter>;
  #lines = 0;
  #drawn = '';
  #hidden = false;

  constructor(out: Out, colour: boolean, columns: () => number) {
    this.#out = out;
    this.#columns = columns;
    this.#paint = painter(colour);
  }

  draw(lines: readonly Line[]): void {
    const text = lines.map((line) => `${this.#cut(line)}\n`).join('');
    if (text === this.#drawn) return;
    const hide = this.#hidden ? '' : `${ESC}?25l`;
    this.#hidden = true;
    this.#out.write(`${hide}${this.#up()}${text}`);
    this.#lines = lines.length;
    this.#drawn = text;
  }

  /** Lines that stay, above the frame. */
  above(text: string): void {
    this.#out.write(`${this.#up()}${text}\n${this.#drawn}`);
  }

  /** The frame stays as it is, and what comes next goes below it. */
  leave(): void {
    this.#lines = 0;
    this.#drawn = '';
  }

  close(): void {
    this.leave();
    if (this.#hidden) this.#out.write(`${ESC}?25h`);
    this.#hidden = false;
  }

  #up(): string {
    return this.#lines === 0 ? '' : `${ESC}${this.#lines}A\r${ESC}0J`;
  }

  #cut(line: Line): string {
    let left = Math.max(1, this.#columns() - 1);
    let text = '';
    for (const [part, style] of line) {
      const letters = Array.from(part).slice(0, left);
      left -= letters.length;
      const shown = letters.join('');
      text += style === undefined || shown === '' ? shown : this.#paint(style, shown);
    }
    return text;
  }
}
