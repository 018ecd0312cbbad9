import { play } from "./play.ts";
import { planOf } from "./plan.ts";
import { coreSubject } from "./subject.ts";
const f: Record<string, number> = {},
  e: Record<string, number> = {},
  n: Record<string, number> = {},
  b: Record<string, number> = {};
let retr = 0;
for (let s = 1; s <= 100; s++) {
  const trace = await play(planOf(s), coreSubject);
  for (const c of trace.calls) {
    const k = c.end?.isOk ? "ok" : String((c.end?.error as any)?.code ?? (c.end?.error as any)?.name);
    e[k] = (e[k] ?? 0) + 1;
    n[c.attempts.length] = (n[c.attempts.length] ?? 0) + 1;
    for (const a of c.attempts)
      f[a.fault ?? (a.wasThrottled ? "real-throttle" : "-")] =
        (f[a.fault ?? (a.wasThrottled ? "real-throttle" : "-")] ?? 0) + 1;
  }
  for (const x of trace.bookings) {
    const k = x.endings[0]?.kind;
    b[k] = (b[k] ?? 0) + 1;
  }
}
console.log(e, n, b, f);
