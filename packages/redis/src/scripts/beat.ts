import { argumentsLua } from "./lua/arguments.ts";
import { clockLua, type TimeSource } from "./lua/clock.ts";
import { healLua } from "./lua/heal.ts";
import { type Script, script } from "./script.ts";

/**
 * Says that a process lives, and what it settled; asks what the others say.
 * KEYS: 1 the realm's state. ARGV: 1 process, 2 µs it lives for, 3 news it has seen, 4 epoch and 5 time it was shown
 * last; then key, slot of 10 s and units of what it settled.
 * Result: 1 numbers: now, epoch, news, count of processes, count of news told; then processes, news, members of
 * the expiry index that have expired: those come again in 5 s unless they are ended.
 */
const beatLua = `
local now, epoch, news = readClock(redis.pcall("GET", KEYS[1]), number(4), number(5))
for i = 6, #ARGV, 3 do
  local key, slot = prefix .. "settled:" .. ARGV[i], number(i + 1)
  heal(key, "HLEN")
  redis.call("HINCRBYFLOAT", key, ARGV[i + 1], format("%.17g", number(i + 2)))
  redis.call("PEXPIRE", key, 2760000)
  if redis.call("HLEN", key) > 290 then
    for _, field in ipairs(redis.call("HKEYS", key)) do
      if (tonumber(field) or 0) < slot - 276 then redis.call("HDEL", key, field) end
    end
  end
end
local key, answer = prefix .. "processes", {}
heal(key, "HLEN")
redis.call("HSET", key, ARGV[1], struct.pack("<d", now + number(2)))
redis.call("PEXPIRE", key, ceil(number(2) / 1000) + 60000)
local all = redis.call("HGETALL", key)
for i = 1, #all, 2 do
  local livesUntil = #all[i + 1] >= 8 and struct.unpack("<d", all[i + 1]) or 0
  if livesUntil > now and livesUntil < now + 1e11 then
    answer[#answer + 1] = all[i]
  else redis.call("HDEL", key, all[i]) end
end
local processes, seen = #answer, number(3)
local told = 0
if seen ~= news then
  heal(prefix .. "news", "XRANGE", "+", "-")
  local from = seen < news and format("%.0f", seen + 1) or "-"
  for _, entry in ipairs(redis.call("XRANGE", prefix .. "news", from, "+")) do
    answer[#answer + 1], told = entry[2][2], told + 1
  end
end
local expiry = prefix .. "expiry"
heal(expiry, "ZREM", "\\n")
keepIndex()
for _, member in ipairs(redis.call("ZRANGEBYSCORE", expiry, "-inf", format("%.0f", now), "LIMIT", 0, 16)) do
  redis.call("ZADD", expiry, "XX", now + 5000000, member)
  answer[#answer + 1] = member
end
return { struct.pack("<ddddd", now, epoch, news, processes, told), unpack(answer) }`;

export function beatScript(time: TimeSource): Script {
  return script("beat", [time, clockLua, argumentsLua, healLua, beatLua]);
}
