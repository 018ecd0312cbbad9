/**
 * Who may book ahead, and before whom others must stand back. While a page is short, its use is noted by process and fades by e in a window; a process that has
 * asked within the last window counts. ARGV[2] is the process. A large call would never start beside small ones of others that
 * take what there is at once: so what a process at or below its share is refused is wanted until it can start, and processes
 * above theirs start when so much could.
 */
export const fairnessLua = `
local function faded(p, units, us, now) return units * math.exp((us - now) / p.windowUs) end
local function noteUse(p, units, now)
  local key = sibling(p, "use:")
  local value = redis.pcall("HGET", key, ARGV[2])
  local mine = 0
  if type(value) == "string" and #value == 16 then
    local used, us = struct.unpack("<dd", value)
    mine = faded(p, used, us, now)
  elseif type(value) == "table" then redis.call("DEL", key) end
  if mine ~= mine or mine < 0 or mine > 1e15 then mine = 0 end
  redis.call("HSET", key, ARGV[2], struct.pack("<dd", mine + units, now))
  redis.call("PEXPIRE", key, ceil(p.windowUs / 500) + 60000)
  p.used, p.usedAt, p.dirty = faded(p, p.used, p.usedAt, now) + units, now, true
  return mine + units
end
-- Drops processes that have not asked for a window.
local function dropIdle(p, now)
  local key, sum = sibling(p, "use:"), 0
  local all = redis.call("HGETALL", key)
  for i = 1, #all, 2 do
    local units, us = -1, 0
    if #all[i + 1] == 16 then units, us = struct.unpack("<dd", all[i + 1]) end
    if units >= 0 and units < 1e15 and us > now - p.windowUs then sum = sum + faded(p, units, us, now)
    else redis.call("HDEL", key, all[i]) end
  end
  p.used, p.usedAt, p.cleanAt = sum, now, now + p.windowUs / 4
end
-- Whether this process had no more than its share of a page that is short; a tenth more counts for nothing.
local fairs = {}
local function isFair(p, now)
  if fairs[p.at] ~= nil then return fairs[p.at] end
  local mine = noteUse(p, 0, now)
  p.contendedUntil = now + p.windowUs
  if now >= p.cleanAt then dropIdle(p, now) end
  fairs[p.at] = mine * redis.call("HLEN", sibling(p, "use:")) <= p.used * 1.1 + 1e-6
  return fairs[p.at]
end
local function isWanted(p, now) return p.wantedUntil > now and p.wantedUntil < now + 2 * p.windowUs end
local function want(p, held, us, now)
  -- What a fixed window lacks comes when it begins anew, whoever stands back.
  if us > now + p.windowUs or (p.window == 2 and (rooms[p.at] or 0) > now) then return end
  if isWanted(p, now) then held, us = max(held, p.wanted), max(us, p.wantedUntil) end
  p.wanted, p.wantedUntil, p.dirty = held, us, true
end
-- What a call is judged by.
local function judgedUnits(p, held, now)
  if held == 0 or not isWanted(p, now) or isFair(p, now) then return held end
  return max(held, p.wanted)
end`;
