import { COMMAND_WORDS } from '../../src/model/command.ts';
import type { CommandWord } from '../../src/model/command.ts';
import type { Random } from '../../src/random/random.ts';
import { number, numberOf, oneOf, TIME_MS, word, wordOf } from './catalogue.ts';
import type { Fault, FaultArgs, Takes } from './catalogue.ts';
import { ANYWHERE } from './parts.ts';
import type { Channel, FaultWorld } from './ports.ts';

const CHANNELS = ['button', 'page', 'cli', 'mqtt', 'http'] as const;
const CHANNEL = word(CHANNELS);
const WORD = word(COMMAND_WORDS);

const drawChannel = (random: Random): Channel => oneOf(random, CHANNELS) ?? 'page';
const channelOf = (args: FaultArgs, name = 'channel'): Channel =>
  CHANNELS.find((one) => one === wordOf(args, name, 'page')) ?? 'page';
const commandOf = (args: FaultArgs, name: string, otherwise: CommandWord): CommandWord =>
  COMMAND_WORDS.find((one) => one === wordOf(args, name, otherwise)) ?? otherwise;

interface Word {
  readonly word: CommandWord;
  readonly channel: Channel;
  readonly afterMs: number;
}

/** Words that come one after the other, whatever the station shows. */
function said(
  id: string,
  doc: string,
  takes: Readonly<Record<string, Takes>>,
  draw: (random: Random) => FaultArgs,
  words: (args: FaultArgs) => readonly Word[],
): Fault {
  const begin = (world: FaultWorld, args: FaultArgs): null => {
    for (const { word, channel, afterMs } of words(args))
      world.at(world.nowMs() + afterMs, () => {
        world.person.say(word, channel);
      });
    return null;
  };
  return { id, class: 'person', doc, parts: ANYWHERE, takes, draw: (random) => draw(random), begin };
}

function mood(id: string, doc: string, become: 'silent' | 'leave' | 'faint'): Fault {
  return {
    id,
    class: 'person',
    doc,
    parts: ANYWHERE,
    takes: {},
    draw: () => ({}),
    begin: ({ person }) => {
      person[become]();
      return () => {
        person.recover();
      };
    },
  };
}

export const PERSON_FAULTS: readonly Fault[] = [
  said(
    'person-stop',
    'somebody stops it',
    { channel: CHANNEL },
    (random) => ({ channel: drawChannel(random) }),
    (args) => [{ word: 'stop', channel: channelOf(args), afterMs: 0 }],
  ),
  said(
    'person-double-stop',
    'somebody stops it, and once more',
    { channel: CHANNEL, gapMs: TIME_MS },
    (random) => ({ channel: drawChannel(random), gapMs: random.int(0, 1_500) }),
    (args) => [
      { word: 'stop', channel: channelOf(args), afterMs: 0 },
      { word: 'stop', channel: channelOf(args), afterMs: numberOf(args, 'gapMs', 200) },
    ],
  ),
  said(
    'person-stop-and-start',
    'somebody stops it and starts it again at once',
    { channel: CHANNEL, gapMs: TIME_MS },
    (random) => ({ channel: drawChannel(random), gapMs: random.int(0, 5_000) }),
    (args) => [
      { word: 'stop', channel: channelOf(args), afterMs: 0 },
      { word: 'start', channel: 'page', afterMs: numberOf(args, 'gapMs', 200) },
    ],
  ),
  said(
    'person-start-twice',
    'somebody starts it while it runs',
    { channel: CHANNEL },
    (random) => ({ channel: drawChannel(random) }),
    (args) => [{ word: 'start', channel: channelOf(args), afterMs: 0 }],
  ),
  said(
    'person-pause-storm',
    'somebody plays with pause and resume',
    { times: number(1, 1_000), gapMs: TIME_MS },
    (random) => ({ times: random.int(2, 15), gapMs: random.int(20, 4_000) }),
    (args) =>
      Array.from({ length: 2 * numberOf(args, 'times', 5) }, (_, place) => ({
        word: place % 2 === 0 ? ('pause' as const) : ('resume' as const),
        channel: 'page' as const,
        afterMs: place * numberOf(args, 'gapMs', 500),
      })),
  ),
  said(
    'person-two-channels',
    'two people say different things on two channels at the same time',
    { first: WORD, channel: CHANNEL, second: WORD, other: CHANNEL, gapMs: TIME_MS },
    (random) => ({
      first: oneOf(random, COMMAND_WORDS) ?? 'stop',
      channel: drawChannel(random),
      second: oneOf(random, COMMAND_WORDS) ?? 'begin',
      other: drawChannel(random),
      gapMs: random.int(0, 100),
    }),
    (args) => [
      { word: commandOf(args, 'first', 'stop'), channel: channelOf(args), afterMs: 0 },
      {
        word: commandOf(args, 'second', 'begin'),
        channel: channelOf(args, 'other'),
        afterMs: numberOf(args, 'gapMs', 10),
      },
    ],
  ),
  mood('person-silent', 'the person presses and answers nothing any more, and follows the cues', 'silent'),
  mood('person-leaves', 'the person walks away', 'leave'),
  mood('person-faints', 'the person stays in the water whatever the cues say', 'faint'),
];
