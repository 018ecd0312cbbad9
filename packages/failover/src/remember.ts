/** Scopes remembered at once: ApplyGuardrail has a target for every id that callers name. */
const most = 10_000;

/** Sets a value as the newest; the oldest is forgotten first. */
export function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.size > most ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
}
