import { answerLua, valuesLua } from "./lua/answer.ts";
import { argumentsLua } from "./lua/arguments.ts";
import { clockLua, type TimeSource } from "./lua/clock.ts";
import { findLua } from "./lua/find.ts";
import { learnedLua } from "./lua/learned.ts";
import { pageLua } from "./lua/page.ts";
import { ringLua } from "./lua/ring.ts";
import { type Script, script } from "./script.ts";
import { startLua } from "./lua/start.ts";
import { windowLua } from "./lua/window.ts";

/**
 * Ends a reservation, and writes what it taught.
 * KEYS: 1 the realm's state; 2... pages, each once.
 * ARGV: 1 member of the expiry index; 2 number of pages that end; of each: place in KEYS, slot, start, held, doubt, µs it
 * moved the arrival time by, what it took ("" stays spent), price, missing until; then updates, see `learnedLua`.
 * Result: 1 numbers: now, epoch, news, whether it is the first ending, then places that are lacking; 2 views; then of each
 * update that came too late the place of its page and what is learned.
 */
const endLua = `
local now, epoch, news = readClock(values[1])
-- A shortfall is charged when it is learnt; a surplus comes back in its own slot, while that is in the ring, and no more than
-- that holds: the page may have been lost since. @return by how much of what it should be the page differs.
local function correct(p, slot, difference)
  if difference > 0 then slot = p.newest
  elseif slot <= p.newest - 482 then return difference end
  local units = cell(p, slot)
  if p.spoiled then return difference end
  if difference < 0 then difference = max(difference, -max(0, units)) end
  if difference ~= 0 then change(p, slot, difference, units) end
  return difference
end
-- While calls are booked ahead: the arrival time of a bucket that is full now, and from which they take when they start. A
-- surplus on top of that is lost, as at AWS. Slots count at their ends, and what is booked in this one as yet to start.
local function fullAt(p, now)
  if p.last <= p.newest or p.sum == 0 then return -huge end
  local us = now
  for i, units in ipairs(cells(p, p.newest, p.last)) do
    if units > 0 then us = (i == 1 and us or max(us, (p.newest + i) * (p.windowUs / 480))) + units * p.price end
  end
  return us
end
local function finish(i)
  local at, slot, us, held, doubt, heldUs = number(i) + 2, number(i + 1), number(i + 2), number(i + 3), number(i + 4), number(i + 5)
  local p = find(at, now)
  if not p then return end
  roll(p, now)
  p.open, p.doubt, p.dirty = max(0, p.open - held), max(0, p.doubt - doubt), true
  if ARGV[i + 6] ~= "" and number(i + 6) ~= held then
    local units, isIn = number(i + 6), us >= p.countedFrom
    local difference = correct(p, slot, units - held)
    if units > held or isIn then p.inWindow = p.inWindow + difference end
    local price = held > 0 and heldUs / held or number(i + 7)
    local surplusUs = price < huge and heldUs - ceil(units * price) or 0
    if difference > units - held then surplusUs = min(surplusUs, floor(-difference * price)) end
    if surplusUs > 0 then p.tat = min(p.tat, max(p.tat - surplusUs, fullAt(p, now))) else p.tat = max(p.tat, now) - surplusUs end
  end
  local missingUntil = number(i + 8)
  if missingUntil > now then
    p.missing, p.missingUntil = held + missingAt(p, now), missingUntil
    look(p, now)
  end
end
local pagesEnd = 3 + 9 * number(2)
for i = 3, pagesEnd - 1 do if ARGV[i] ~= "" then number(i) end end
for i = pagesEnd, #ARGV, gateLength + 3 do readGate(i + 2) end
local isFirst = redis.call("ZREM", prefix .. "expiry", ARGV[1])
local newer = {}
if isFirst == 1 then
  for i = 3, pagesEnd - 1, 9 do finish(i) end
  newer = update(pagesEnd, now)
  save()
end
local places = lacking()
return { struct.pack("<dddd" .. string.rep("d", #places), now, epoch, news, isFirst, unpack(places)), views(), unpack(newer) }`;

export function endScript(time: TimeSource): Script {
  return script("end", [
    time,
    valuesLua,
    clockLua,
    argumentsLua,
    pageLua,
    ringLua,
    windowLua,
    startLua,
    answerLua,
    findLua,
    learnedLua,
    endLua,
  ]);
}
