/** The window that counts, as in memory: `MinutePage` and `PhaseArc` of core. */
export const windowLua = `
local function missingAt(p, us) return us < p.missingUntil and p.missing or 0 end
-- The earliest instant at which the window that is current then may have begun.
local function oldestStart(p, width, us)
  local passed = (us - p.arcFrom) % p.arcWindow
  return passed < width and us - p.arcWindow or us - passed
end
-- The next instant at which every possible beginning has just passed.
local function nextRoll(p, width, us)
  local left = (p.arcFrom + width - us) % p.arcWindow
  return us + (left == 0 and p.arcWindow or left)
end
-- Counts what the window holds; of a fixed one only where its beginning has moved by a slot.
local function look(p, now)
  local isFixed = p.window == 2
  local from = isFixed and oldestStart(p, p.arcWidth, now) or now - p.windowUs
  local missing, slot = missingAt(p, now), floor(from * 480 / p.windowUs)
  if isFixed and slot == p.countedSlot and missing == p.countedMissing then return end
  roll(p, now)
  local units = (isFixed and since(p, from) or p.sum) + missing
  p.inWindow, p.countedFrom, p.countedSlot, p.countedMissing, p.dirty = units, from, slot, missing, true
end
local function sumIsAtMostFrom(p, room)
  local left, slot, step, newest = p.sum, p.newest - 481, 12, max(p.newest, p.last)
  -- What is empty has no ring to be read.
  if left <= room then return expiresAt(p, slot - 1) end
  while slot <= newest do
    local units = cells(p, slot, min(slot + step - 1, newest))
    for i = 1, #units do
      if left <= room then return expiresAt(p, slot + i - 2) end
      left = left - units[i]
    end
    slot, step = slot + #units, 60
  end
  return expiresAt(p, newest)
end
local function fixedRoomFrom(p, room, now)
  local surely = nextRoll(p, p.arcWidth, now)
  if p.mayAsk == 0 then return surely end
  local half = nextRoll(p, p.arcWidth / 2, now)
  if half < surely then return half end
  local units = since(p, oldestStart(p, p.arcWidth / 2, now)) + missingAt(p, now)
  return units <= room and now or surely
end
-- When the window has so much room, if nothing else happens.
local function windowStart(p, room, now)
  look(p, now)
  if p.inWindow <= room or p.window == 0 then return now end
  roll(p, now)
  if p.window == 1 then return sumIsAtMostFrom(p, max(0, room - missingAt(p, now))) end
  return fixedRoomFrom(p, room, now)
end`;
