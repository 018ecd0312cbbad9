import { argumentsLua } from "./lua/arguments.ts";
import { clockLua, type TimeSource } from "./lua/clock.ts";
import { learnedLua } from "./lua/learned.ts";
import { type Script, script } from "./script.ts";

/** What is learned of quotas. KEYS: 1 the realm's state; 2... pages. Result: place and what is learned, of those there are. */
export function readScript(time: TimeSource): Script {
  return script("read", [
    time,
    clockLua,
    argumentsLua,
    learnedLua,
    `
local answer = {}
for at = 2, #KEYS do
  local version, _, value = readLearned(at)
  if version then answer[#answer + 1], answer[#answer + 2] = struct.pack("<d", at - 2), value end
end
return answer`,
  ]);
}

/** Rings of pages. KEYS: as above. Result: now, then of each page its strings and its ring's, "" where there is none. */
export function ringsScript(time: TimeSource): Script {
  return script("rings", [
    time,
    clockLua,
    `
local now = readClock(redis.call("GET", KEYS[1]))
local answer = { struct.pack("<d", now) }
for at = 2, #KEYS do
  local name = string.sub(KEYS[at], #prefix + 6)
  answer[#answer + 1] = (redis.call("GET", KEYS[at]) or "") .. (redis.call("GET", prefix .. "rest:" .. name) or "")
  answer[#answer + 1] = redis.call("GET", prefix .. "ring:" .. name) or ""
end
return answer`,
  ]);
}

/** What was settled. KEYS: 1 the realm's state; 2... by quota. Result: of each key a list of slots and units, as text. */
export const settledScript: Script = script("settled", [
  `
local answer = {}
for at = 2, #KEYS do answer[at - 1] = redis.call("HGETALL", KEYS[at]) end
return answer`,
]);
