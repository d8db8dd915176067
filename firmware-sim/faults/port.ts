import type { Random } from '../../src/random/random.ts';
import { WAYS, type LineNoise, type Way } from '../boxes/cable.ts';
import { number, numberOf, oneOf, SHARE, TIME_MS, word, wordOf } from './catalogue.ts';
import type { Fault, FaultArgs, Takes } from './catalogue.ts';
import { PORTS } from './parts.ts';
import type { FaultFacts } from './ports.ts';

const WAY = word(WAYS);
const wayOf = (args: FaultArgs): Way => WAYS.find((one) => one === wordOf(args, 'way', 'both')) ?? 'both';
const QUIET: Omit<LineNoise, 'way'> = { drop: 0, flip: 0, delayMs: 0, garbage: 0 };

/** 115200 baud have room for so many bytes a second. */
const MOST_BYTES = 11_520;

const log = (random: Random, least: number, most: number): number =>
  Math.exp(random.between(Math.log(least), Math.log(most)));
/** Three figures are enough to tell one line from another. */
const short = (value: number): number => Number(value.toPrecision(3));

function drawOf(
  random: Random,
  facts: FaultFacts,
  more: (random: Random) => FaultArgs = () => ({}),
): FaultArgs | null {
  const port = oneOf(random, PORTS.of(facts));
  return port === null ? null : { ...port, ...more(random) };
}

/** What goes over the line is mistreated. */
function noisy(
  id: string,
  doc: string,
  takes: Readonly<Record<string, Takes>>,
  draw: (random: Random) => FaultArgs,
  how: (args: FaultArgs) => Partial<LineNoise>,
): Fault {
  return {
    id,
    class: 'port',
    doc,
    parts: PORTS,
    takes: { way: WAY, ...takes },
    draw: (random, facts) =>
      drawOf(random, facts, () => ({ way: oneOf(random, WAYS) ?? 'both', ...draw(random) })),
    begin: ({ hardware }, args) => {
      const port = hardware.port(wordOf(args, 'port', ''));
      port?.disturb({ ...QUIET, way: wayOf(args), ...how(args) });
      return () => {
        port?.disturb(null);
      };
    },
  };
}

/** The cable is pulled, and back by itself. */
function pulled(id: string, doc: string, noticed: boolean): Fault {
  return {
    id,
    class: 'port',
    doc,
    parts: PORTS,
    takes: { backMs: TIME_MS },
    draw: (random, facts) => drawOf(random, facts, () => ({ backMs: Math.round(log(random, 300, 60_000)) })),
    begin: (world, args) => {
      const port = world.hardware.port(wordOf(args, 'port', ''));
      port?.unplug(noticed);
      world.at(world.nowMs() + numberOf(args, 'backMs', 5_000), () => {
        port?.plugIn();
      });
      return null;
    },
  };
}

export const PORT_FAULTS: readonly Fault[] = [
  pulled('port-unplugged', 'the cable of a board is pulled, and plugged in again after a while', true),
  pulled(
    'port-dead',
    'the port of a board goes dead and nobody is told; after a while it can be opened again',
    false,
  ),
  noisy(
    'port-drop',
    'the line to a board loses a share of its bytes',
    { share: SHARE },
    (random) => ({ share: short(log(random, 0.001, 1)) }),
    (args) => ({ drop: numberOf(args, 'share', 0.1) }),
  ),
  noisy(
    'port-flip',
    'on the line to a board a share of the bytes arrives with another bit',
    { share: SHARE },
    (random) => ({ share: short(log(random, 0.001, 1)) }),
    (args) => ({ flip: numberOf(args, 'share', 0.1) }),
  ),
  noisy(
    'port-garbage',
    'on the line to a board come bytes that nobody sent',
    { bytesPerS: number(0, MOST_BYTES) },
    (random) => ({ bytesPerS: Math.round(log(random, 20, MOST_BYTES)) }),
    (args) => ({ garbage: numberOf(args, 'bytesPerS', 1_000) }),
  ),
  noisy(
    'port-late',
    'the line to a board is late',
    { delayMs: TIME_MS },
    (random) => ({ delayMs: Math.round(log(random, 20, 3_000)) }),
    (args) => ({ delayMs: numberOf(args, 'delayMs', 300) }),
  ),
  {
    id: 'port-board-hangs',
    class: 'port',
    doc: 'the processor of a board stands still, with its outputs as they are, until its watchdog resets it',
    parts: PORTS,
    takes: {},
    draw: (random, facts) => drawOf(random, facts),
    begin: ({ hardware }, args) => {
      hardware.port(wordOf(args, 'port', ''))?.hang();
      return null;
    },
  },
];
