import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { oneLine } from './found.ts';

/** A serial port of this computer. It is not opened: that would reset most boards. */
export interface FoundPort {
  /** What to write into a config: the name that stays the same whichever socket it is plugged into, where there is one. */
  readonly path: string;
  /** The device node behind it. */
  readonly node: string;
  readonly about: string;
}

/** Serial adapters and boards on USB, by the names of Linux and macOS. The ports of the mainboard are left out. */
const NODES = /^(ttyUSB|ttyACM)\d+$|^cu\.(usbserial|usbmodem|wchusbserial)[\w.-]*$/;
const MAX_PORTS = 64;

/**
 * What the file system says: no library is asked, since the usual one ends the process where udev is missing
 * (containers).
 * @param dev the folder of the device nodes
 */
export function serialPorts(dev = '/dev'): readonly FoundPort[] {
  const byId = join(dev, 'serial', 'by-id');
  const named = list(byId).flatMap((name) => {
    const path = join(byId, name);
    const node = nodeOf(path);
    return node === null ? [] : [{ path, node, about: oneLine(name) }];
  });
  const known = new Set(named.map(({ node }) => node));
  const bare = list(dev)
    .filter((name) => NODES.test(name))
    .map((name) => join(dev, name))
    .filter((path) => !known.has(nodeOf(path) ?? path))
    .map((path) => ({
      path,
      node: path,
      about: 'no name of its own: it may be another one after a restart',
    }));
  return [...named, ...bare].slice(0, MAX_PORTS);
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** null for a link whose device is gone. */
function nodeOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
