import { clockLua, type TimeSource } from "./lua/clock.ts";
import { healLua } from "./lua/heal.ts";
import { type Script, script } from "./script.ts";

/**
 * Tells all processes something.
 * KEYS: 1 the realm's state. ARGV: 1 text. Result: the count of news with it, as bytes.
 */
const tellLua = `
local now, epoch, news, offset = readClock(redis.pcall("GET", KEYS[1]))
local key = prefix .. "news"
heal(key, "XRANGE", "+", "-")
local function add(how) return how("XADD", key, "MAXLEN", 256, format("%.0f", news + 1) .. "-1", "t", ARGV[1]) end
-- A stream that goes on from a later count is somebody else's.
if type(add(redis.pcall)) == "table" then
  redis.call("DEL", key)
  add(redis.call)
end
redis.call("PEXPIRE", key, 604800000)
writeClock(now, offset, epoch, news + 1)
return struct.pack("<d", news + 1)`;

export function tellScript(time: TimeSource): Script {
  return script("tell", [time, clockLua, healLua, tellLua]);
}
