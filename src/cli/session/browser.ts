import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** What opens a page in the browser of whoever sits here. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  // The empty text is the title of a window that `start` would otherwise take the address for.
  win32: ['cmd', '/c', 'start', '""'],
};

/** Opens an address of ours. Where that does not work `failed` is told, and nothing else happens. */
export function openInBrowser(url: string, failed: (message: string) => void): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const say = (why: string): void => {
    failed(`no browser could be opened (${why}); the page is at ${url}`);
  };
  let child: ChildProcess;
  try {
    child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  } catch (error) {
    say(String(error));
    return;
  }
  child.once('error', (error) => {
    say(error.message);
  });
  child.once('exit', (code) => {
    if (code !== null && code !== 0) say(`${command} ended with ${code}`);
  });
  // The browser outlives the bath.
  child.unref();
}
