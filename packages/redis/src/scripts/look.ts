import type { TimeSource } from "./lua/clock.ts";
import { type Script, script } from "./script.ts";

/**
 * What the book holds, for whoever has no part in it: the server itself refuses a write to a script of these flags.
 * KEYS: 1 the realm's state; 2... pages. Result: 1 the server's time; 2 the state, "" where there is none; 3 processes and
 * until when they live; then of each page its strings, its ring, what is learned, and what was settled by slot.
 * Source: Redis, "Redis Lua API reference", script flags (read 2026-11-23).
 */
export function lookScript(time: TimeSource): Script {
  return script("look", [
    "#!lua flags=no-writes",
    time,
    `
local prefix = string.sub(KEYS[1], 1, -6)
local state = redis.pcall("GET", KEYS[1])
local processes = redis.pcall("HGETALL", prefix .. "processes")
local answer = { struct.pack("<d", raw), type(state) == "string" and state or "", processes.err and {} or processes }
for at = 2, #KEYS do
  local name = string.sub(KEYS[at], #prefix + 6)
  local page, rest, ring, learned =
    unpack(redis.call("MGET", KEYS[at], prefix .. "rest:" .. name, prefix .. "ring:" .. name, prefix .. "learned:" .. name), 1, 4)
  local settled = redis.pcall("HGETALL", prefix .. "settled:" .. name)
  answer[#answer + 1] = (page or "") .. (rest or "")
  answer[#answer + 1] = ring or ""
  answer[#answer + 1] = learned or ""
  answer[#answer + 1] = settled.err and {} or settled
end
return answer`,
  ]);
}
