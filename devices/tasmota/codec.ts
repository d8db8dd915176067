import { z } from 'zod';
import { fahrenheitToC } from '../../src/model/units.ts';
import { jsonIn, plausibleC } from '../support.ts';

/** Tasmota's words. Sources: tasmota/docs MQTT.md, Commands.md; arendst/Tasmota support_command.ino. */

export type Prefix = 'cmnd' | 'stat' | 'tele';

/** A topic of the device: FullTopic with its two tokens filled in, and the command or message name behind it. */
export function topicOf(fullTopic: string, topic: string, prefix: Prefix, name: string): string {
  const path = fullTopic.replaceAll('%prefix%', prefix).replaceAll('%topic%', topic);
  return `${path.endsWith('/') ? path : `${path}/`}${name}`;
}

/** A name below one prefix of this device (`RESULT`, `POWER1`, `LWT`), or null where the topic is somebody else's. */
export function nameUnder(base: string, received: string): string | null {
  if (!received.startsWith(base)) return null;
  const name = received.slice(base.length);
  return name === '' || name.includes('/') ? null : name;
}

/**
 * The value of `PulseTime<x>` for a duration: tenths of a second to 11.1 s, then whole seconds + 100, to 64 800 s.
 * Durations in between (11.2-11.9 s) are rounded up: a ceiling must not be shorter than the lease under it.
 */
export function encodePulseTime(durationMs: number): number {
  const seconds = durationMs / 1_000;
  if (seconds <= 11.1) return Math.max(1, Math.round(seconds * 10));
  return Math.min(64_900, Math.ceil(seconds) + 100);
}

/** The duration of a stored `PulseTime<x>`, milliseconds: the way back from `encodePulseTime`. */
export function pulseTimeMs(value: number): number {
  return value > 111 ? (value - 100) * 1_000 : value * 100;
}

/** `Buzzer` takes count, beep and silence, the last two in steps of 100 ms, at least one. */
export function encodeBuzzer(count: number, onMs: number, offMs: number): string {
  const steps = (ms: number) => Math.max(1, Math.round(ms / 100));
  return `${count},${steps(onMs)},${steps(offMs)}`;
}

const timersSchema = z.union([
  z.literal('Empty'),
  z.array(z.object({ Remaining: z.number(), Command: z.string() })),
]);
const pulseSchema = z.object({ Set: z.number() });
const actionSchema = z.object({ Action: z.string() });

export type Reply = Readonly<Record<string, unknown>>;

/** A JSON object under `stat/`: at RESULT, or with SetOption4 1 at the command's own name. */
export function parseReply(payload: string): Reply | null {
  const value = jsonIn(payload);
  return isReply(value) ? value : null;
}

function isReply(value: unknown): value is Reply {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The relay's state in a reply or in a plain `stat/<t>/POWER1` payload. A lone relay is `POWER` without an index. */
export function relayState(
  name: string,
  payload: string,
  reply: Reply | null,
  relay: number,
): boolean | null {
  const key = `POWER${relay}`;
  const alone = relay === 1 ? 'POWER' : key;
  if (reply === null) return name === key || name === alone ? onOff(payload) : null;
  if (Object.hasOwn(reply, key)) return onOff(reply[key]);
  return Object.hasOwn(reply, alone) ? onOff(reply[alone]) : null;
}

function onOff(word: unknown): boolean | null {
  if (word === 'ON') return true;
  return word === 'OFF' ? false : null;
}

/**
 * What `TimedPower` (no index) says of a relay: milliseconds until its pending OFF, 0 where none is pending, null
 * where the reply is about something else.
 */
export function remainingMs(reply: Reply, relay: number): number | null {
  if (!Object.hasOwn(reply, 'TimedPower')) return null;
  const timers = timersSchema.safeParse(reply['TimedPower']);
  if (!timers.success) return null;
  if (timers.data === 'Empty') return 0;
  const off = `power${relay} 0`;
  return timers.data.find((timer) => timer.Command.toLowerCase() === off)?.Remaining ?? 0;
}

/** True where Tasmota did not know the command `name`: `{"Command":"Unknown"}`, newer ones add what it was. */
export function unknownCommand(reply: Reply, name: string): boolean {
  if (reply['Command'] !== 'Unknown') return false;
  const input = reply['Input'];
  return typeof input !== 'string' || input.toLowerCase().startsWith(name.toLowerCase());
}

/** The stored `PulseTime<x>`, or null where the reply is about something else. */
export function pulseTimeSet(reply: Reply, relay: number): number | null {
  const name = `PulseTime${relay}`;
  if (!Object.hasOwn(reply, name)) return null;
  const parsed = pulseSchema.safeParse(reply[name]);
  return parsed.success ? parsed.data.Set : null;
}

/** `{"Button1":{"Action":"SINGLE"}}` (SetOption73 1) -> `SINGLE`. */
export function buttonAction(reply: Reply, button: number): string | null {
  const name = `Button${button}`;
  if (!Object.hasOwn(reply, name)) return null;
  const parsed = actionSchema.safeParse(reply[name]);
  return parsed.success ? parsed.data.Action : null;
}

/** `{"Switch1":{"Action":"ON"}}` (SetOption114 1): a switch input that changed; null where it is about something else. */
export function switchAction(reply: Reply, input: number): boolean | null {
  const parsed = actionSchema.safeParse(reply[`Switch${input}`]);
  return parsed.success ? onOff(parsed.data.Action) : null;
}

/** `"Switch1":"ON"` in the sensors; null where the device has no such switch. */
export function switchState(body: Reply, input: number): boolean | null {
  return onOff(body[`Switch${input}`]);
}

const sensorSchema = z.object({ Id: z.string().optional(), Temperature: z.unknown() });

/**
 * The temperature of one probe in the body of a SENSOR message or of STATUS10, degrees Celsius; null where the
 * device's answer is no temperature; `ambiguous` where several probes are there and the name fits none of them.
 * A name is `DS18B20`, `DS18B20-2`, or the probe's own Id, which stays the same when another probe is added.
 */
export function probeC(body: Reply, sensor: string): number | null | 'ambiguous' {
  const named = sensorSchema.safeParse(body[sensor]);
  const probe = named.success ? named.data : byId(body, sensor);
  if (probe === null) return Object.hasOwn(body, `${sensor}-1`) ? 'ambiguous' : null;
  if (typeof probe.Temperature !== 'number') return null;
  // Tasmota rounds to TempRes decimals before it sends; four of ours keep 100.4 F at exactly 38 C.
  const fahrenheit = body['TempUnit'] === 'F';
  return plausibleC(fahrenheit ? Number(fahrenheitToC(probe.Temperature).toFixed(4)) : probe.Temperature);
}

function byId(body: Reply, id: string): z.infer<typeof sensorSchema> | null {
  for (const value of Object.values(body)) {
    const probe = sensorSchema.safeParse(value);
    if (probe.success && probe.data.Id?.toUpperCase() === id.toUpperCase()) return probe.data;
  }
  return null;
}

/** The sensors in `stat/<t>/STATUS10` (wrapped) and `tele/<t>/SENSOR` (bare). */
export function sensorBody(payload: string): Reply | null {
  const reply = parseReply(payload);
  if (reply === null) return null;
  const wrapped = reply['StatusSNS'];
  return isReply(wrapped) ? wrapped : reply;
}
