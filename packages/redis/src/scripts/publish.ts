import { argumentsLua } from "./lua/arguments.ts";
import { answerLua, valuesLua } from "./lua/answer.ts";
import { clockLua, type TimeSource } from "./lua/clock.ts";
import { findLua } from "./lua/find.ts";
import { learnedLua } from "./lua/learned.ts";
import { pageLua } from "./lua/page.ts";
import { ringLua } from "./lua/ring.ts";
import { type Script, script } from "./script.ts";
import { startLua } from "./lua/start.ts";
import { windowLua } from "./lua/window.ts";

/**
 * Writes what somebody learned, unless somebody else was quicker.
 * KEYS: 1 the realm's state; 2... pages, each once. ARGV: updates, see `learnedLua`.
 * Result: of each update that came too late the place of its page and what is learned.
 */
const publishLua = `
local now = readClock(values[1])
local newer = update(1, now)
save()
return newer`;

export function publishScript(time: TimeSource): Script {
  const page = [pageLua, ringLua, windowLua, startLua, answerLua, findLua, learnedLua];
  return script("publish", [time, valuesLua, clockLua, argumentsLua, ...page, publishLua]);
}
