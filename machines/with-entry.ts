/**
 * The record with one entry set to this; the same record where it was so. Copied first and set then: a literal with a
 * computed key costs several times as much, and this is done at each reading.
 */
export function withEntry<Value>(
  record: Readonly<Record<string, Value>>,
  key: string,
  value: Value,
): Readonly<Record<string, Value>> {
  if (record[key] === value) return record;
  const copy: Record<string, Value> = { ...record };
  copy[key] = value;
  return copy;
}
