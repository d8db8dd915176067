/** The rules of MQTT topics that every transport here keeps, so that the virtual bus behaves as the real one. */

const MAX_TOPIC_BYTES = 65_535;
const MAX_LEVELS = 100;

function sound(text: string): boolean {
  if (text === '' || text.includes('\0')) return false;
  return Buffer.byteLength(text) <= MAX_TOPIC_BYTES && text.split('/').length <= MAX_LEVELS;
}

/** A topic to publish to: not empty, no wildcard. */
export function isTopic(topic: string): boolean {
  return !topic.includes('+') && !topic.includes('#') && sound(topic);
}

/** A filter to subscribe to: `+` is a whole level, `#` the last one. */
export function isFilter(filter: string): boolean {
  const levels = filter.split('/');
  return (
    sound(filter) &&
    levels.every(
      (level, index) =>
        (level === '#' && index === levels.length - 1) ||
        level === '+' ||
        !(level.includes('+') || level.includes('#')),
    )
  );
}

/** Whether `topic` falls under `filter`. Topics that start with `$` are not met by a wildcard in the first level. */
export function topicMatches(filter: string, topic: string): boolean {
  if (filter === topic) return true;
  if (topic.startsWith('$') && (filter.startsWith('+') || filter.startsWith('#'))) return false;
  // Most filters differ from most topics long before a wildcard.
  const wild = filter.search(/[+#]/);
  if (wild < 0) return false;
  const head = filter.slice(0, wild);
  if (!topic.startsWith(head) && head !== `${topic}/`) return false;
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}
