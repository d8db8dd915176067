import { closeSync, constants, fstatSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import type { Stats } from 'node:fs';

/**
 * Reads one file in a process of its own, which can be killed: `child.ts FILE TAG BYTES`. A thread that waits for a
 * network share cannot be ended, and holds up whatever else its process wants of files and names, and its end.
 *
 * Says one line of JSON, and the file behind it where it is not what `TAG` says that it was: `{"tag":…}`, `{"same":true}`,
 * or `{"error":…}`.
 */
const [file = '', had = '', most = '0'] = process.argv.slice(2);
const MAX_BYTES = Number(most);
const CHUNK_BYTES = 64 * 1024;

/** A pipe is opened only to wait for ever, and a device to do what it does when it is opened. */
function check(stats: Stats): void {
  if (stats.isFile()) return;
  const kind = stats.isDirectory()
    ? 'a folder'
    : stats.isFIFO()
      ? 'a pipe'
      : stats.isSocket()
        ? 'a socket'
        : 'a device';
  throw new Error(`it is no file, but ${kind}`);
}

function say(text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
}

function read(): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) throw new Error('there is no such file');
  check(stats);
  const tag = `${stats.mtimeMs} ${stats.size}`;
  if (tag === had) {
    say('{"same":true}\n');
    return;
  }
  // What was a file a moment ago may have become a pipe: nobody waits for its other end.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  check(fstatSync(descriptor));
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const got = readSync(descriptor, chunk);
    if (got === 0) break;
    length += got;
    if (length > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1024 / 1024} MB`);
    parts.push(chunk.subarray(0, got));
  }
  closeSync(descriptor);
  say(`${JSON.stringify({ tag })}\n`);
  for (const part of parts) say(part);
}

try {
  read();
} catch (error) {
  say(`${JSON.stringify({ error: error instanceof Error ? error.message : String(error) })}\n`);
}
