import { ringLength, ringPlaces } from "../../store/page-layout.ts";

/**
 * The ring of a page, as in memory (`WindowRing` of core): a string of doubles by slot, slots wrap around. A slot counts
 * until its last instant has left the window, and one slot more; `sum` holds them all, with those booked ahead.
 */
export const ringLua: string = `
local zeros = string.rep("\\0", 8)
local function slotAt(p, us) return floor(us / (p.windowUs / 480)) end
local function expiresAt(p, slot) return ceil((slot + ${ringLength}) * (p.windowUs / 480)) end
-- Units of slots, oldest first.
local function cells(p, from, to)
  local units, key = {}, sibling(p, "ring:")
  while from <= to do
    local place = from % ${ringPlaces}
    local n = min(to - from + 1, ${ringPlaces} - place, 60)
    local text = redis.pcall("GETRANGE", key, place * 8, (place + n) * 8 - 1)
    if type(text) ~= "string" or #text ~= n * 8 then spoil(p) text = string.rep("\\0", n * 8) end
    local part = { struct.unpack("<" .. string.rep("d", n), text) }
    for i = 1, n do
      local cell = part[i]
      if not (cell > -1 and cell < 1e15) then spoil(p) cell = 0 end
      units[#units + 1] = cell
    end
    from = from + n
  end
  return units
end
local function total(p, from, to)
  if p.sum == 0 then return 0 end
  local units, sum = cells(p, from, to), 0
  for i = #units, 1, -1 do sum = sum + units[i] end
  return sum
end
local function write(p, slot, text)
  redis.call("SETRANGE", sibling(p, "ring:"), (slot % ${ringPlaces}) * 8, text)
end
-- Units booked since a time, or more: the slot it lies in counts whole.
local function since(p, us)
  return total(p, max(p.newest - ${ringLength - 1}, slotAt(p, us)), max(p.newest, p.last))
end
-- Takes what has expired out of the sum.
local function roll(p, now)
  local current = slotAt(p, now)
  if current <= p.newest then return end
  local before = p.newest
  p.newest, p.doubtful, p.ahead, p.dirty = current, 0, 0, true
  if p.contendedUntil <= now then p.contendedUntil = 0 end
  if p.sum == 0 then return end
  local lastGone = current - ${ringLength}
  if lastGone >= max(before, p.last) then
    p.sum = 0
    redis.call("DEL", sibling(p, "ring:"))
    return
  end
  local first = before - ${ringLength - 1}
  for i, units in ipairs(cells(p, first, lastGone)) do
    if units ~= 0 and not p.spoiled then
      p.sum = p.sum - units
      write(p, first + i - 1, zeros)
    end
  end
  if p.sum < 1e-6 then p.sum = 0 end
  p.doubtful = total(p, lastGone + 1, lastGone + 3)
  if p.last > current then p.ahead = total(p, current + 1, p.last) end
  keep(p)
end
local function keep(p)
  return redis.call("PEXPIRE", sibling(p, "ring:"), ceil(p.windowUs / 500) + 60000) == 1
end
local function cell(p, slot)
  return p.sum == 0 and 0 or cells(p, slot, slot)[1]
end
-- @param units - what the slot held.
local function put(p, slot, units)
  if keep(p) then return write(p, slot, struct.pack("<d", units)) end
  write(p, ${ringPlaces - 1}, zeros)
  write(p, slot, struct.pack("<d", units))
  keep(p)
end
local function change(p, slot, difference, units)
  put(p, slot, units + difference)
  p.sum, p.dirty = p.sum + difference, true
  if slot < p.newest - ${ringLength - 4} then p.doubtful = p.doubtful + difference end
  if slot > p.newest then p.ahead, p.last = p.ahead + difference, max(p.last, slot) end
end
-- Puts into the ring what is only in the page.
local function flush(p)
  if p.cell == 0 then return end
  local before = p.sum - p.cell > 1e-6 and cells(p, p.newest, p.newest)[1] or 0
  if p.spoiled then return end
  put(p, p.newest, before + p.cell)
  p.cell, p.dirty = 0, true
end`;
