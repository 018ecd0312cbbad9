const unitMs: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["min", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** A time such as `500ms`, `90s`, `15m`, `1h` or `1.5d`, in ms; undefined when it is none, or not above 0. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)$/.exec(text.trim()) ?? [];
  const ms = Number(count) * (unitMs.get(unit) ?? Number.NaN);
  return ms > 0 && Number.isFinite(ms) ? ms : undefined;
}
