import { StringDecoder } from 'node:string_decoder';
import type { Socket } from 'node:net';

/** A request to a controller is never longer. */
export const MAX_REQUEST_BYTES = 16_384;
/** An answer: the state of every station of a house. */
export const MAX_ANSWER_BYTES = 1_048_576;

/** Calls back with each line of a socket, without its end. A line longer than `maxBytes` ends the reading. */
export function readLines(
  socket: Socket,
  maxBytes: number,
  onLine: (line: string) => void,
  onTooLong: () => void,
): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let over = false;
  socket.on('data', (chunk: Buffer) => {
    if (over) return;
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.length > maxBytes) break;
      if (line.trim() !== '') onLine(line);
    }
    over = [...lines, rest].some((line) => line.length > maxBytes);
    if (over) {
      rest = '';
      onTooLong();
    }
  });
}
