import { exposesOf, type Entry } from './definition.ts';
import { MODELS, RELAY_MODEL_IDS } from './models.ts';

const REMEDY = 'Use a lamp, or a plug or relay without `countdown`';

/**
 * Why a device is told nothing as a lamp; null for a lamp, a plug or a plain relay. What Ebb itself takes for a valve
 * is none, whatever hangs on it: its ON would open water past the interlock and without a deadline. Without an
 * endpoint, a module with several relays would switch any of them.
 */
export function whyNoLamp(entry: Entry, name: string, endpoint: string | null): string | null {
  if (entry.disabled === true)
    return silent(`"${name}" is disabled at the bridge`, 'Enable it in Zigbee2MQTT');
  if (entry.definition === null || entry.definition === undefined)
    return silent(`"${name}" is a device that Zigbee2MQTT does not support (definition null)`, REMEDY);
  const { model } = entry.definition;
  const exposes = exposesOf(entry);
  if (isForWater(entry)) return silent(`"${name}" is a ${model}, which is made for water`, REMEDY);
  if (RELAY_MODEL_IDS.has(entry.model_id ?? '') && exposes.some((each) => each.name === 'countdown'))
    return silent(`"${name}" (${model}) is a relay module with \`countdown\`, as valves are behind`, REMEDY);
  const states = exposes.filter((each) => each.name === 'state');
  if (states.some((each) => (each.endpoint ?? null) === endpoint)) return null;
  if (states.length === 0)
    return silent(`"${name}" (${model}) is nothing that can be turned on and off`, REMEDY);
  const names = states.flatMap((each) => (each.endpoint === undefined ? [] : [each.endpoint]));
  if (names.length === 0) return silent(`"${name}" (${model}) has one output only`, 'Leave `endpoint` out');
  const which = endpoint === null ? 'several outputs' : `no endpoint "${endpoint}"`;
  return silent(
    `"${name}" (${model}) has ${which}`,
    `Say which: \`endpoint: ${names.join('` or `endpoint: ')}\``,
  );
}

function isForWater({ definition }: Entry): boolean {
  const listed = MODELS.get(definition?.model ?? '');
  if (listed !== undefined) return listed.verdict === 'timer' || listed.lamp !== true;
  // Valves that are not on the list: the converters call them so.
  return /\b(valve|irrigation|sprinkler|watering)/i.test(definition?.description ?? '');
}

const silent = (what: string, remedy: string): string =>
  `${what}, so as a lamp it is told nothing. ${remedy}`;
