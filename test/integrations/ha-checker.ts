/**
 * The rules of Home Assistant's MQTT device discovery, from its public schemas and documentation and without a look at
 * what makes our payloads. Home Assistant itself says nothing back over MQTT: what breaks a rule is simply not there.
 */
export interface DiscoveryMessage {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

type Fields = Readonly<Record<string, unknown>>;
type Say = (message: string) => void;

const TOPIC = /^homeassistant\/device\/(?:[a-zA-Z0-9_-]+\/)?[a-zA-Z0-9_-]+\/config$/;
const KEY = /^[a-zA-Z0-9_-]+$/;
/** No rule of Home Assistant's; what is near it is a mistake. */
const MAX_BYTES = 64 * 1024;

const PLATFORMS =
  'alarm_control_panel binary_sensor button camera climate cover date datetime device_automation device_tracker event fan humidifier image infrared lawn_mower light lock notify number scene siren select sensor switch tag text time update vacuum valve water_heater'.split(
    ' ',
  );
/** Not entities, so they need no unique_id. */
const NO_ENTITIES = ['device_automation', 'tag'];
const ABBREVIATIONS =
  'dev o cmps p avty avty_t avty_mode avty_tpl cmd_t stat_t val_tpl dev_cla ent_cat stat_cla unit_of_meas sug_dsp_prc exp_aft ops evt_typ pl_prs pl_avail pl_not_avail ret opt uniq_id t ids cns mf mdl mdl_id hw sw sn sa cu url ic json_attr json_attr_t json_attr_tpl'.split(
    ' ',
  );

const ROOT_KEYS =
  'device origin components availability availability_topic availability_template availability_mode payload_available payload_not_available state_topic command_topic qos encoding message_expiry_interval'.split(
    ' ',
  );
const DEVICE_KEYS =
  'identifiers connections configuration_url manufacturer model model_id name hw_version sw_version serial_number suggested_area via_device'.split(
    ' ',
  );
const ORIGIN_KEYS = ['name', 'sw_version', 'support_url'];
const COMMON_KEYS =
  'platform name unique_id default_entity_id enabled_by_default visible_by_default entity_category entity_picture icon json_attributes_topic json_attributes_template availability availability_topic availability_template availability_mode payload_available payload_not_available qos encoding message_expiry_interval device_class'.split(
    ' ',
  );
const KEYS: Readonly<Record<string, string>> = {
  sensor:
    'state_topic value_template unit_of_measurement state_class suggested_display_precision expire_after options force_update last_reset_value_template',
  binary_sensor: 'state_topic value_template payload_on payload_off off_delay expire_after force_update',
  button: 'command_topic command_template payload_press retain',
  select: 'command_topic command_template state_topic value_template options optimistic retain',
  event: 'state_topic value_template event_types',
  switch:
    'command_topic command_template state_topic value_template payload_on payload_off state_on state_off optimistic retain',
  valve:
    'command_topic command_template state_topic value_template payload_open payload_close payload_stop state_open state_closed state_opening state_closing position_open position_closed reports_position optimistic retain',
};

const STATE_CLASSES = ['measurement', 'measurement_angle', 'total', 'total_increasing'];
const BINARY_CLASSES = [
  'problem',
  'running',
  'moisture',
  'connectivity',
  'occupancy',
  'safety',
  'heat',
  'cold',
];
/** The classes that our kind of device has use for, and their units; null: none at all. */
const SENSOR_CLASSES: Readonly<Record<string, readonly string[] | null>> = {
  enum: null,
  timestamp: null,
  date: null,
  temperature: ['°C', '°F', 'K'],
  duration: ['d', 'h', 'min', 's', 'ms'],
  volume_flow_rate: ['L/min', 'L/h', 'm³/h', 'gal/min'],
};
const EVENT_CLASSES = ['button', 'doorbell', 'motion'];

/** Everything that is wrong with the retained discovery messages of a broker, together. Empty: nothing. */
export function violations(messages: readonly DiscoveryMessage[]): string[] {
  const found: string[] = [];
  const uniqueIds = new Map<string, string>();
  const identifiers = new Map<string, string>();
  for (const { topic, payload, retain } of messages) {
    const say: Say = (message) => found.push(`${topic}: ${message}`);
    if (!TOPIC.test(topic)) say('is no topic of device discovery');
    if (!retain) say('is not retained');
    if (Buffer.byteLength(payload) > MAX_BYTES) say('is too big');
    // An empty payload takes the device out.
    if (payload === '') continue;
    const root = parse(payload);
    if (root === null) {
      say('is no JSON object');
      continue;
    }
    checkRoot(root, say);
    const device = fieldsOf(root['device']) ?? {};
    for (const id of listOf(device['identifiers']) ?? []) once(identifiers, id, topic, 'identifier', say);
    for (const [key, value] of Object.entries(fieldsOf(root['components']) ?? {})) {
      const where: Say = (message) => {
        say(`${key}: ${message}`);
      };
      if (!KEY.test(key)) where('the key does not match [a-zA-Z0-9_-]+');
      const component = fieldsOf(value);
      if (component === null) where('is no object');
      else checkComponent(component, root, where);
      const id = component?.['unique_id'];
      if (id !== undefined) once(uniqueIds, id, `${topic}/${key}`, 'unique_id', where);
    }
  }
  return found;
}

function checkRoot(root: Fields, say: Say): void {
  for (const key of ['device', 'components', 'origin']) {
    if (fieldsOf(root[key]) === null) say(`"${key}" is required`);
  }
  checkKeys(root, ROOT_KEYS, say);
  if (root['command_topic'] !== undefined) say('command_topic at the root is shared into every component');
  checkAvailability(root, say);
  checkQos(root, say);
  const device = fieldsOf(root['device']) ?? {};
  checkKeys(device, DEVICE_KEYS, say);
  const connections = listOf(device['connections']) ?? [];
  if ((listOf(device['identifiers']) ?? []).length + connections.length === 0)
    say('the device needs identifiers or connections');
  if (connections.some((pair) => listOf(pair)?.length !== 2)) say('connections are pairs');
  const origin = fieldsOf(root['origin']) ?? {};
  checkKeys(origin, ORIGIN_KEYS, say);
  if (!isText(origin['name'])) say('origin.name is required');
  const url = origin['support_url'];
  if (url !== undefined && !(isText(url) && /^https?:\/\/./.test(url))) say('support_url is no address');
  if (Object.keys(fieldsOf(root['components']) ?? {}).length === 0) say('there are no components');
}

function checkComponent(component: Fields, root: Fields, say: Say): void {
  const { platform } = component;
  if (!isText(platform)) {
    say('"platform" is required');
    return;
  }
  if (!PLATFORMS.includes(platform)) say(`"${platform}" is no platform`);
  // The platform alone takes the entity back.
  if (Object.keys(component).length === 1) return;
  if (!NO_ENTITIES.includes(platform) && !isText(component['unique_id'])) say('unique_id is required');
  if ('object_id' in component) say('object_id is gone; default_entity_id is what there is');
  const own = KEYS[platform];
  if (own !== undefined) checkKeys(component, [...COMMON_KEYS, ...own.split(' '), 'object_id'], say);
  checkAvailability(component, say);
  checkQos(component, say);
  checkTopics(component, say);
  const category = component['entity_category'];
  if (category !== undefined && category !== 'config' && category !== 'diagnostic')
    say('entity_category is config or diagnostic');
  if (category === 'config' && (platform === 'sensor' || platform === 'binary_sensor'))
    say(`entity_category config does not fit a ${platform}`);
  if (component['retain'] !== undefined && component['retain'] !== false) say('a command is never retained');
  const shared = { state_topic: root['state_topic'], command_topic: root['command_topic'], ...component };
  RULES[platform]?.(shared, say);
}

const RULES: Readonly<Record<string, (component: Fields, say: Say) => void>> = {
  sensor: checkSensor,
  binary_sensor: (component, say) => {
    required(component, ['state_topic'], say);
    const name = component['device_class'];
    if (name !== undefined && !(isText(name) && BINARY_CLASSES.includes(name)))
      say('device_class is none of a binary sensor');
    wholeNumber(component, 'off_delay', say);
    wholeNumber(component, 'expire_after', say);
  },
  button: (component, say) => {
    required(component, ['command_topic'], say);
    if (component['payload_press'] !== undefined && !isText(component['payload_press']))
      say('payload_press is a text');
  },
  switch: (component, say) => {
    required(component, ['command_topic'], say);
    const words = ['payload_on', 'payload_off', 'state_on', 'state_off'].filter((key) => key in component);
    if (words.some((key) => !isText(component[key]))) say(`${words.join(', ')} are texts`);
    if (component['state_topic'] === undefined)
      say('without a state_topic the switch only guesses its state');
  },
  select: (component, say) => {
    required(component, ['command_topic'], say);
    checkWords(component, 'options', say);
  },
  event: (component, say) => {
    required(component, ['state_topic'], say);
    checkWords(component, 'event_types', say);
    const name = component['device_class'];
    if (name !== undefined && !(isText(name) && EVENT_CLASSES.includes(name)))
      say('device_class is none of an event');
  },
  valve: (component, say) => {
    const reports = component['reports_position'] === true;
    const words = ['payload_open', 'payload_close', 'state_open', 'state_closed'].filter(
      (key) => key in component,
    );
    if (reports && words.length > 0) say(`with reports_position there is no ${words.join(', ')}`);
    if (
      component['device_class'] !== undefined &&
      !['water', 'gas'].some((name) => name === component['device_class'])
    )
      say('device_class is none of a valve');
    if (component['state_topic'] === undefined) say('without a state_topic the valve only guesses its state');
  },
};

function checkSensor(component: Fields, say: Say): void {
  required(component, ['state_topic'], say);
  const { device_class: name, unit_of_measurement: unit, state_class: stateClass, options } = component;
  if (name === 'enum') checkWords(component, 'options', say);
  else if (options !== undefined) say('options fit only device_class enum');
  if (options !== undefined && (unit !== undefined || stateClass !== undefined))
    say('options leave no room for a unit or a state_class');
  const units = isText(name) ? SENSOR_CLASSES[name] : undefined;
  if (name !== undefined && units === undefined) say('device_class is none of a sensor that we know');
  if (units === null && (unit !== undefined || stateClass !== undefined))
    say(`a sensor of class ${String(name)} has neither unit nor state_class`);
  if (units != null && !(isText(unit) && units.includes(unit)))
    say(`the unit ${String(unit)} does not fit the class ${String(name)}`);
  if (stateClass !== undefined && !(isText(stateClass) && STATE_CLASSES.includes(stateClass)))
    say('state_class is none');
  wholeNumber(component, 'suggested_display_precision', say);
  wholeNumber(component, 'expire_after', say);
}

function checkKeys(fields: Fields, known: readonly string[], say: Say): void {
  for (const key of Object.keys(fields)) {
    if (known.includes(key)) continue;
    say(
      ABBREVIATIONS.includes(key) ? `"${key}" is an abbreviation` : `"${key}" is no key and would be ignored`,
    );
  }
}

function checkAvailability(fields: Fields, say: Say): void {
  const list = fields['availability'];
  if (list !== undefined && fields['availability_topic'] !== undefined)
    say('availability and availability_topic exclude each other');
  const mode = fields['availability_mode'];
  if (mode !== undefined && !['all', 'any', 'latest'].some((name) => name === mode))
    say('availability_mode is all, any or latest');
  for (const entry of listOf(list) ?? []) {
    const one = fieldsOf(entry) ?? {};
    if (!isFilter(one['topic'])) say('an availability needs a topic');
    checkKeys(one, ['topic', 'payload_available', 'payload_not_available', 'value_template'], say);
  }
}

function checkQos(fields: Fields, say: Say): void {
  const { qos } = fields;
  if (qos !== undefined && ![0, 1, 2].some((level) => level === qos)) say('qos is 0, 1 or 2');
}

function checkTopics(component: Fields, say: Say): void {
  for (const [key, value] of Object.entries(component)) {
    if (!key.endsWith('_topic')) continue;
    const sound = isFilter(value) && (key !== 'command_topic' || !/[+#]/.test(String(value)));
    if (!sound) say(`${key} is no topic`);
    else if (/^.+~.+$/.test(String(value))) say(`${key}: ~ stands at the start or the end`);
  }
}

function checkWords(fields: Fields, key: string, say: Say): void {
  const words = listOf(fields[key]) ?? [];
  if (words.length === 0 || !words.every(isText)) say(`${key} is a list of at least one text`);
  if (new Set(words).size !== words.length) say(`${key} names something twice`);
}

function required(fields: Fields, keys: readonly string[], say: Say): void {
  for (const key of keys) if (fields[key] === undefined) say(`${key} is required`);
}

function wholeNumber(fields: Fields, key: string, say: Say): void {
  const value = fields[key];
  if (value !== undefined && !(Number.isInteger(value) && Number(value) >= 0))
    say(`${key} is a whole number`);
}

function once(seen: Map<string, string>, id: unknown, where: string, what: string, say: Say): void {
  const text = String(id);
  const before = seen.get(text);
  if (before !== undefined && before !== where) say(`the ${what} ${text} is taken by ${before}`);
  seen.set(text, where);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isFilter(value: unknown): boolean {
  if (!isText(value) || Buffer.byteLength(value) > 65_535) return false;
  return value.split('/').every((level, index, all) => {
    if (level === '+' || (level === '#' && index === all.length - 1)) return true;
    return !/[+#\0]/.test(level);
  });
}

function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}

function listOf(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) ? value : null;
}

function parse(text: string): Fields | null {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return null;
  }
}
