import { argumentsLua } from "./lua/arguments.ts";
import { answerLua, valuesLua } from "./lua/answer.ts";
import { clockLua, type TimeSource } from "./lua/clock.ts";
import { findLua } from "./lua/find.ts";
import { pageLua } from "./lua/page.ts";
import { ringLua } from "./lua/ring.ts";
import { type Script, script } from "./script.ts";
import { windowLua } from "./lua/window.ts";

/**
 * Adds what was spent elsewhere. Then the bucket is where it would be if one book had booked all that the ring holds, each slot
 * at its end, on a bucket as spent as it may have been when the ring began: many processes merge one after the other, and what
 * they spent lay side by side in time. Where booking now what is added would charge less, it is charged no more.
 * KEYS: 1 the realm's state; 2... pages, each once. ARGV: of each page the number of its slots, then slot and units of each,
 * oldest first.
 * Result: numbers: now, epoch, news.
 */
const mergeLua = `
local now, epoch, news = readClock(values[1])
local added = 0
local function add(p, slot, units)
  slot = min(slot, p.newest)
  if slot <= p.newest - 482 or units == 0 then return end
  local before = cell(p, slot)
  if p.spoiled then return end
  change(p, slot, units, before)
  added = added + units
end
local function replay(p)
  if p.sum == 0 or not (p.price < huge) then return end
  local first, slotUs = p.newest - 481, p.windowUs / 480
  local tat = min(p.tat, first * slotUs + min(p.burst, p.windowUs))
  for i, units in ipairs(cells(p, first, max(p.newest, p.last))) do
    local slot = first + i - 1
    local endsAt = (slot + 1) * slotUs
    if units > 0 then tat = max(tat, slot > p.newest and endsAt or min(now, endsAt)) + units * p.price end
  end
  if not p.spoiled then p.tat = max(p.tat, ceil(min(tat, max(p.tat, now) + added * p.price))) end
end
local i = 1
for at = 2, #KEYS do
  local n, p = number(i), find(at, now)
  if p then
    roll(p, now)
    added = 0
    for k = i + 1, i + 2 * n, 2 do add(p, number(k), number(k + 1)) end
    replay(p)
    p.countedSlot, p.dirty = -1, true
    look(p, now)
  end
  i = i + 1 + 2 * n
end
save()
return struct.pack("<ddd", now, epoch, news)`;

export function mergeScript(time: TimeSource): Script {
  return script("merge", [
    time,
    valuesLua,
    clockLua,
    argumentsLua,
    pageLua,
    ringLua,
    windowLua,
    answerLua,
    findLua,
    mergeLua,
  ]);
}
