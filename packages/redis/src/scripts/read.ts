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
local now = readClock(redis.pcall("GET", KEYS[1]))
local answer = { struct.pack("<d", now) }
for at = 2, #KEYS do
  local name = string.sub(KEYS[at], #prefix + 6)
  local page, rest, ring = unpack(redis.call("MGET", KEYS[at], prefix .. "rest:" .. name, prefix .. "ring:" .. name), 1, 3)
  answer[#answer + 1] = (page or "") .. (rest or "")
  answer[#answer + 1] = ring or ""
end
return answer`,
  ]);
}

/** What was settled. KEYS: 1 the realm's state; 2... by quota. Result: of each key a list of slots and units, as text. */
export const settledScript: Script = script("settled", [
  `
local answer = {}
for at = 2, #KEYS do
  local units = redis.pcall("HGETALL", KEYS[at])
  answer[at - 1] = units.err and {} or units
end
return answer`,
]);
