import type { LiveView, ViewOptions } from './types.ts';
import { View } from './view.ts';

export { jsonLines } from './json-lines.ts';
export type { JsonLines } from './json-lines.ts';
export type { DrawnFacts, LiveView, PreviewFacts, ViewOptions } from './types.ts';

/** A session on a terminal, or as plain lines where there is none. */
export function createView(options: ViewOptions): LiveView {
  return new View(options);
}
