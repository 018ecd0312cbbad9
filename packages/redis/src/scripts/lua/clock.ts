/** Where a script has its time from, as Lua: `raw`, in µs. */
export type TimeSource = string;

/** The server's clock. */
export const serverTime: TimeSource = `
local moment = redis.call("TIME")
local raw = moment[1] * 1000000 + moment[2]`;

/**
 * KEYS[1] is the realm's state: time last seen, what is added to the server's time, epoch, count of news.
 * `readClock(state)` gives time, epoch and count. Where the server's time went back it goes on from the last seen, which is
 * written every 10 ms; pages take care of what is less. A realm without state begins a new epoch. So does one that goes on with
 * what it held a while ago, as from an old snapshot: a process was shown a time that is later than the last seen, or lies
 * where nobody was shown any. Living processes beat more often than every second, so the latest such gap is the one.
 */
export const clockLua = `
local prefix = string.sub(KEYS[1], 1, -6)
local floor, ceil, max, min, huge, format = math.floor, math.ceil, math.max, math.min, math.huge, string.format
local function writeClock(now, offset, epoch, news)
  redis.call("SET", KEYS[1], struct.pack("<dddd", now, offset, epoch, news), "PX", 604800000)
end
-- The expiry index always has a member, so that it keeps its time to live.
local function keepIndex()
  local index = prefix .. "expiry"
  if redis.call("PEXPIRE", index, 604800000) == 1 then return end
  redis.call("ZADD", index, "inf", "")
  redis.call("PEXPIRE", index, 604800000)
end
local function isInGap(us)
  local gap = redis.pcall("GET", prefix .. "gap")
  if type(gap) ~= "string" or #gap ~= 16 then return false end
  local from, to = struct.unpack("<dd", gap)
  return us > from + 10000 and us < to
end
-- @param shownEpoch, shownUs - the latest that a process was shown; nil: nothing is known.
local function readClock(state, shownEpoch, shownUs)
  local seen, offset, epoch, news
  if state and #state == 32 then seen, offset, epoch, news = struct.unpack("<dddd", state) end
  if not seen or not (seen >= 0 and seen - raw - offset < 1e15 and epoch > 0 and news >= 0 and news < 1e15) then
    writeClock(raw, 0, raw, 0)
    -- Their ids are counts, and those begin anew.
    redis.call("DEL", prefix .. "news")
    keepIndex()
    return raw, raw, 0, 0
  end
  local now = raw + offset
  if now < seen then
    offset = offset + seen - now
    now = seen
    writeClock(now, offset, epoch, news)
  elseif now - seen >= 10000 then
    if now - seen >= 1000000 then
      redis.call("SET", prefix .. "gap", struct.pack("<dd", seen, now), "PX", 3600000)
    end
    writeClock(now, offset, epoch, news)
  end
  if shownEpoch == epoch and shownUs < now + 1e13 and (shownUs > seen + 10000 or isInGap(shownUs)) then
    now = max(now, shownUs)
    epoch, offset = now, now - raw
    writeClock(now, offset, epoch, news)
  end
  return now, epoch, news, offset
end`;
