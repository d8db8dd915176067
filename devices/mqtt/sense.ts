import type { Device, DriverInput, DriverStep, Role, SenseReading } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { contactReading, figureReading, goneReading } from '../sense.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import type { Meaning, MqttOptions } from './options.ts';
import { periodMs } from './options.ts';
import { parsePointer, readAt, type Pointer } from './pointer.ts';
import { numberOf } from './thermometer.ts';

/** Words of a `map:` that say yes: wet, full, somebody is there, somebody is busy. */
const YES: ReadonlySet<Meaning> = new Set(['wet', 'high', 'present', 'busy']);

interface Sense {
  readonly id: DeviceId;
  readonly role: Role;
  readonly state: string;
  readonly value: Pointer;
  readonly everyMs: number | null;
  /** null: a figure. */
  readonly map: ReadonlyMap<string, Meaning> | null;
  readonly toFigure: (raw: number) => number;
}

/** A flow meter, a level, a leak or presence sensor, a wish not to be disturbed on any topic: figures, or words that the config explains. */
export function senseDevice(id: DeviceId, role: Role, options: MqttOptions): Device<null> {
  const { state = '', scale = 1, offset = 0, map, every } = options;
  const everyMs = every === undefined ? null : periodMs(options);
  const words = map === undefined ? null : new Map(Object.entries(map));
  const toFigure = (raw: number): number => raw * scale + offset;
  const self: Sense = { id, role, state, value: parsePointer(options.value), everyMs, map: words, toFigure };
  return {
    id,
    role,
    driver: 'mqtt',
    declaration: { ...plainDeclaration(everyMs), ...(everyMs === null ? { unannounced: true } : {}) },
    topics: [state],
    init: () => stepTo(null),
    step: (_state, input, atMs) => senseStep(self, input, atMs),
  };
}

function senseStep(self: Sense, input: DriverInput, atMs: number): DriverStep<null> {
  const { id, role } = self;
  if (input.type === 'link') return stepTo(null, { readings: input.up ? [] : [goneReading(role, id, atMs)] });
  if (input.type !== 'message' || input.topic !== self.state) return stepTo(null);
  const said = readAt(input.payload, self.value);
  // Other things may be told on the same topic.
  if (said === undefined) return stepTo(null);
  const reading = readingOf(self, said, atMs - (self.everyMs ?? 0));
  // Of what lay at the broker only that it is wet or full is believed: a reading without an age counts as none.
  const isOld = input.retained && !isAlarm(reading);
  if (isOld && reading.kind === 'presence')
    return stepTo(null, { readings: [{ ...reading, retained: true }] });
  return stepTo(null, { readings: isOld ? [] : [reading] });
}

function readingOf({ id, role, map, toFigure }: Sense, said: unknown, takenAtMs: number): SenseReading {
  if (map === null) {
    const raw = numberOf(said);
    return figureReading(role, id, raw === null ? null : toFigure(raw), takenAtMs);
  }
  const word = typeof said === 'number' || typeof said === 'boolean' ? String(said) : said;
  const meaning = typeof word === 'string' ? map.get(word) : undefined;
  return contactReading(role, id, meaning === undefined ? null : YES.has(meaning), takenAtMs);
}

/** Whether somebody is busy is believed too: it rests on no water, and a restart in a meeting must not forget it. */
const isAlarm = (reading: SenseReading): boolean =>
  reading.kind === 'busy' ||
  (reading.kind === 'leak' && reading.leaking === true) ||
  (reading.kind === 'level' && reading.level?.by === 'float' && reading.level.high);
