/** When a call can start on a page, as in memory (`MinuteBook` of core); and whether it can at a later time. */
export const startLua = `
local function arrival(tat, need, burst) return tat - (need < burst and burst - need or 0) end
local function review(p, now)
  p.plainUntil = p.paused > now and -huge or now + p.windowUs / 16
  p.dirty = true
  look(p, now)
end
-- @return when it can start, and when the window has room, where it has none now.
local function start(p, held, now)
  if p.mayHold == 0 then return held == 0 and -huge or huge, 0 end
  if now >= p.plainUntil then review(p, now) end
  local byArrival = arrival(max(p.tat, now), held * p.price, p.burst)
  if held + p.inWindow <= p.mayHold then return max(byArrival, p.paused), 0 end
  local roomAt = windowStart(p, p.mayHold - min(held, p.mayHold), now)
  return max(byArrival, p.paused, roomAt), roomAt > now and roomAt or 0
end
-- Whether it fits at a time from its start on. Buckets and sliding windows only get emptier with time; a fixed window that
-- was to begin anew may still hold what was booked in its arc, and ahead.
local function fitsAt(p, held, us)
  if p.window ~= 2 then return true end
  local room = p.mayHold - min(held, p.mayHold) - missingAt(p, us)
  if since(p, oldestStart(p, p.arcWidth, us)) <= room then return true end
  if p.mayAsk == 0 or nextRoll(p, p.arcWidth / 2, us) < nextRoll(p, p.arcWidth, us) then return false end
  return since(p, oldestStart(p, p.arcWidth / 2, us)) <= room
end`;
