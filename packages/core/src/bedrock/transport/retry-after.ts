import { type Clock, epochMsOf } from "../../clock.ts";

/** Longest wait that is believed, in ms. */
const longestMs = 86_400_000;

/** What a `Retry-After` header asks to wait, in ms, 0 or more; undefined when it says nothing. Source: RFC 9110, 10.2.3. */
export function retryAfterMs(header: string | undefined, clock: Clock): number | undefined {
  if (header === undefined) return undefined;
  const asked = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1_000 : untilMs(header, clock);
  return asked === undefined ? undefined : Math.min(Math.max(asked, 0), longestMs);
}

function untilMs(date: string, clock: Clock): number | undefined {
  const atMs = epochMsOf(date);
  return atMs === undefined ? undefined : atMs - clock.epochMs();
}
