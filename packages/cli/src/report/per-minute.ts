const minuteMs = 60_000;

/**
 * Of amounts by bucket of time, what came within the minute that ends with each bucket: what a limit per minute is about.
 * Where a bucket is longer than a minute, its mean minute.
 */
export function perMinute(amounts: readonly number[], bucketMs: number): readonly number[] {
  if (bucketMs >= minuteMs) return amounts.map((amount) => (amount * minuteMs) / bucketMs);
  const buckets = minuteMs / bucketMs;
  const whole = Math.floor(buckets);
  return amounts.map((_, place) => {
    const recent = amounts.slice(Math.max(0, place + 1 - whole), place + 1).reduce((sum, each) => sum + each, 0);
    return recent + (amounts[place - whole] ?? 0) * (buckets - whole);
  });
}
