#!/usr/bin/env node
// Plain JavaScript, so that a Node too old for the sources can still say which one it needs.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 24;
const major = Number(process.versions.node.split('.')[0]);

if (major < NEEDED_MAJOR) {
  const pinned = pinnedNode();
  if (pinned === null) {
    console.error(
      `ebb needs Node ${NEEDED_MAJOR} or newer; this is Node ${process.versions.node} (${process.execPath}). ` +
        `Install Node ${NEEDED_MAJOR}, or run "npm ci" here: on Linux it brings the pinned Node along.`,
    );
    process.exit(2);
  }
  // The signals of the terminal reach the child by themselves; this process only waits and hands on the exit code.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
  const { spawn } = await import('node:child_process');
  const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // The channel ends with this process, however it ends: the child then closes the water as on SIGTERM.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // Without a terminal nobody else hands the child an interrupt that was sent to this process alone.
  if (!process.stdin.isTTY) process.on('SIGINT', () => child.kill('SIGINT'));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
} else {
  // In a checkout the sources run directly; the published package carries them compiled (Node does not strip
  // types inside node_modules).
  const source = new URL('../src/cli/index.ts', import.meta.url);
  const built = new URL('../dist/src/cli/index.js', import.meta.url);
  const entry = existsSync(source) ? source : built;
  if (process.channel !== undefined) {
    process.channel.unref();
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  }
  const { main } = await import(entry.href);
  process.exitCode = await main(process.argv.slice(2));
}

/** The Node that package-lock.json pins for this platform, or null where it is not installed. */
function pinnedNode() {
  const require = createRequire(import.meta.url);
  try {
    const path = require.resolve(`node-${process.platform}-${process.arch}/bin/node`);
    return spawnSync(path, ['--version']).status === 0 ? path : null;
  } catch {
    return null;
  }
}
