import { pageBytes } from "../store/page-layout.ts";
import { answerLua } from "./lua/answer.ts";
import { clockLua, type TimeSource } from "./lua/clock.ts";
import { fairnessLua } from "./lua/fairness.ts";
import { pageLua } from "./lua/page.ts";
import { ringLua } from "./lua/ring.ts";
import { type Script, script } from "./script.ts";
import { startLua } from "./lua/start.ts";
import { windowLua } from "./lua/window.ts";

/**
 * Chooses and books in one step.
 * KEYS: 1 the realm's state.
 * ARGV: 1 id, or of brief asks ids, one a line, of which as many are booked as can be had quickly, and else the first is
 * answered; 2 process; 3 horizon; 4 expires in, both µs; 5 "1" for rings, "2" where of pages that need not be read nothing
 * is told; 6 shape: of each candidate the number of its pages, of each page its place in names and that of its amounts, each
 * as two characters of 7 bits; 7 names: quotas, each once, in the order they come in candidates, one a line; 8 until when
 * an answer is of use, or ""; 9 when it must start, or ""; 10... amounts: units held, and of that in doubt.
 * An id that is under way, because a client sent its ask twice, is answered as booked, and books nothing again.
 * Result: bytes. 1 numbers: kind (1 booked, 2 refused, 3 unopened, 4 booked, quickly), now, epoch, news; then place and start; of a refusal the
 * place of the page that is short and when to ask again; of a booking eight numbers by page; 2 views; 3... rings.
 * Of kind 4 all is one: numbers, how many are booked, then the strings of pages as they are now: of all, or of the first candidate.
 */
/** What is asked. */
const askedLua = `
local shape, byte, amounts, doubts = ARGV[6], string.byte, {}, {}
for i = 10, #ARGV, 2 do
  local held, doubt = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  if not (held and doubt and held >= 0 and doubt >= 0) then error("holds must be numbers of 0 or more") end
  amounts[(i - 8) / 2], doubts[(i - 8) / 2] = held, doubt
end
local horizon, expiresIn = tonumber(ARGV[3]), tonumber(ARGV[4])
if not (horizon and expiresIn and horizon >= 0 and expiresIn >= 0) then error("times must be numbers of 0 or more") end
local bookUntil, startBy = tonumber(ARGV[8]) or math.huge, tonumber(ARGV[9]) or math.huge
local ids = {}
for id in string.gmatch(ARGV[1], "[^\\n]+") do ids[#ids + 1] = id end
local floor, ceil, min = math.floor, math.ceil, math.min
local values, now, epoch, news`;

/**
 * What most calls need, without a function, because Lua makes those anew at every call: the first candidate that fits now,
 * where nothing has to be read but numbers, and no slot has passed since its pages were written. First, where that will do,
 * only the first candidate is read, and if it cannot be had so, all.
 */
const quickLua = `
for pass = ARGV[5] == "2" and 1 or 2, 2 do
  local most, count, pageKey = pass == 1 and byte(shape, 1) * 128 + byte(shape, 2) or #ARGV[7], 1, string.sub(KEYS[1], 1, -6) .. "page:"
  for name in string.gmatch(ARGV[7], "[^\\n]+") do
    count = count + 1
    KEYS[count] = pageKey .. name
    if count > most then break end
  end
  values = redis.call("MGET", unpack(KEYS))
  if values[1] and #values[1] == 32 then
    local seen, offset
    seen, offset, epoch, news = struct.unpack("<dddd", values[1])
    local ahead = raw + offset - seen
    if ahead >= 0 and ahead < 10000 and epoch > 0 and news >= 0 then now = raw + offset end
  end
  local isPlain = now and now <= bookUntil and ARGV[5] ~= "1"
  for at = 2, count do
    local value = values[at]
    if not value or #value ~= ${pageBytes} then isPlain = false end
  end
  local from, place, stop, n = 1, 0, pass == 1 and 2 or #shape, pass == 1 and #ids or 1
  while isPlain and from < stop do
    local hi, lo = byte(shape, from, from + 1)
    local last, written, rest, most = from + 1 + 4 * (hi * 128 + lo), {}, "", n
    for at = from + 2, last, 4 do
      local a, b, c, d = byte(shape, at, at + 3)
      local page, amount = a * 128 + b + 2, c * 128 + d + 1
      local held = amounts[amount]
      local tat, inWindow, paused, open, version, plain, price, burst, mayHold, quickUntil, newest, sum, doubtful, cell, doubt = struct.unpack("<ddddddddddddddd", values[page])
      local zero = tat + inWindow + open + price + sum + doubtful + doubt + cell + newest
      if not (plain > now and held + inWindow <= mayHold and mayHold > 0 and tat >= 0 and zero - zero == 0
        and tat < now + 1e13 and plain < now + 1e12 and now < quickUntil and quickUntil < now + 1e12) then isPlain = false break end
      local need = held * price
      if tat < now then tat = now end
      local heldUs = ceil(need)
      -- Each that is booked is in the way of the next.
      local late = tat - now - (need < burst and burst - need or 0)
      if late > 0 then most = 0
      elseif heldUs > 0 then most = min(most, need < burst and 1 + floor(-late / heldUs) or 1) end
      while most > 0 and inWindow + most * held > mayHold do most = held > 0 and min(most - 1, floor((mayHold - inWindow) / held)) or 0 end
      if most < n then break end
      local units = n * held
      written[page] = struct.pack("<ddddddddddddddd", tat + n * heldUs, inWindow + units, paused, open + units, version, plain, price, burst, mayHold, quickUntil, newest, sum + units, doubtful, cell + units, doubt + n * doubts[amount])
      rest = rest .. "\\n" .. string.sub(KEYS[page], #pageKey + 1) .. "\\n" .. ARGV[8 + 2 * amount] .. "\\n" .. ARGV[9 + 2 * amount]
    end
    if isPlain and most == n then
      local expiry, members, score = string.sub(KEYS[1], 1, -6) .. "expiry", {}, string.format("%.17g", now + expiresIn)
      for i = 1, n do members[2 * i - 1], members[2 * i] = score, ids[i] .. rest end
      local added = redis.call("ZADD", expiry, "NX", unpack(members))
      if added == n then
        -- In place: the pages were written whole, with their time to live, when their slot began.
        for page, text in pairs(written) do
          redis.call("SETRANGE", KEYS[page], 0, text)
          values[page] = text
        end
      else
        -- The first of them were booked the first time; the rest ask again.
        for i = n - added + 1, n do redis.call("ZREM", expiry, ids[i] .. rest) end
        n = n - added
      end
      values[1] = struct.pack("<ddddddd", 4, now, epoch, news, place, now, n)
      return table.concat(values)
    end
    if most > 0 then n = most else from, place, n = last + 1, place + 1, pass == 1 and #ids or 1 end
  end
end
local from, place, chosen`;

/** All the rest begins anew. */
const chooseLua = `
if not now then now, epoch, news = readClock(values[1]) end
local function unopened()
  save()
  local places = lacking()
  return { struct.pack("<dddd" .. string.rep("d", #places), 3, now, epoch, news, unpack(places)) }
end
for at = 2, #KEYS do
  if not values[at] or #values[at] ~= ${pageBytes} then return unopened() end
end
if now > bookUntil then return { struct.pack("<dddddddd", 2, now, epoch, news, 0, now, 0, now), views() } end
-- Of a candidate that begins there: when it can start, and which page is short.
local function judge(from)
  local latest, short, shortHeld = -huge, 0, 0
  for at = from + 2, from + 1 + 4 * (byte(shape, from) * 128 + byte(shape, from + 1)), 4 do
    local a, b, c, d = byte(shape, at, at + 3)
    local page, held = a * 128 + b + 2, amounts[c * 128 + d + 1]
    local tat, inWindow, paused, open, version, plain, price, burst, mayHold, quickUntil = struct.unpack("<dddddddddd", values[page])
    local starts
    if quickUntil > 0 and plain > now and held + inWindow <= mayHold and mayHold > 0 and tat >= 0 and tat < now + 1e13 and not pages[page] then
      starts = arrival(tat > now and tat or now, held * price, burst)
    else
      local p = load(page, values[page], now)
      local roomAt
      if p.spoiled then return huge, page, held end
      starts, roomAt = start(p, judgedUnits(p, held, now), now)
      rooms[page] = max(rooms[page] or 0, roomAt)
    end
    if starts > latest or short == 0 then latest, short, shortHeld = starts, page, held end
  end
  return latest, short, shortHeld
end
-- Whether a candidate can be booked ahead: its process is due, and all its pages have room then.
local function canWait(from, us, short)
  if not isFair(load(short, values[short], now), now) then return false end
  for at = from + 2, from + 1 + 4 * (byte(shape, from) * 128 + byte(shape, from + 1)), 4 do
    local a, b, c, d = byte(shape, at, at + 3)
    local p = load(a * 128 + b + 2, values[a * 128 + b + 2], now)
    roll(p, now)
    if p.spoiled or us - now > p.windowUs / 30 or not fitsAt(p, amounts[c * 128 + d + 1], us) then return false end
  end
  return true
end`;

/** Books what was chosen: from `from` in the shape, at `us`. */
const bookLua = `
local function readPage(at, us)
  local p = load(at, values[at], now)
  if p.spoiled then return nil end
  roll(p, now)
  local slot = us > now and max(p.newest, slotAt(p, us)) or p.newest
  return p, slot, cell(p, slot)
end
local function bookPage(p, held, doubt, us, slot, units)
  local heldUs = held > 0 and ceil(held * p.price) or 0
  p.tat = max(p.tat, us) + heldUs
  p.inWindow, p.open, p.doubt, p.dirty = p.inWindow + held, p.open + held, p.doubt + doubt, true
  if held > 0 then change(p, slot, held, units) end
  if us > now then p.last = max(p.last, p.newest + 1) end -- though it may start in this slot
  if p.contendedUntil > now then noteUse(p, held, now) end
  return heldUs
end
local function evidence(p, us, slot)
  local most, least = p.sum, p.sum - p.doubtful - p.ahead
  if us > now then
    most, least = total(p, slot - 481, max(p.newest, p.last)), total(p, slot - 478, slot)
  end
  return slot, p.tat, most, least, p.doubt, p.newest, p.last
end
-- All is read before anything is written.
local function book(from, us)
  local until_, reads = from + 1 + 4 * (byte(shape, from) * 128 + byte(shape, from + 1)), {}
  for at = from + 2, until_, 4 do
    local a, b, c, d = byte(shape, at, at + 3)
    local p, slot, units = readPage(a * 128 + b + 2, us)
    if spoiled[1] then return nil end
    reads[#reads + 1] = { p, slot, units, c * 128 + d + 1 }
  end
  local member, numbers = { ids[1] }, {}
  for i, read in ipairs(reads) do
    local p, amount, m = read[1], read[4], 3 * i - 2
    member[m + 1] = string.sub(KEYS[p.at], #prefix + 6)
    member[m + 2], member[m + 3] = ARGV[8 + 2 * amount], ARGV[9 + 2 * amount]
  end
  local isNew = redis.call("ZADD", prefix .. "expiry", "NX", us + expiresIn, table.concat(member, "\\n")) == 1
  keepIndex()
  for i, read in ipairs(reads) do
    local p, slot, amount, n = read[1], read[2], read[4], 8 * i - 8
    local held = amounts[amount]
    local heldUs = isNew and bookPage(p, held, doubts[amount], us, slot, read[3]) or ceil(held > 0 and held * p.price or 0)
    numbers[n + 1] = heldUs
    numbers[n + 2], numbers[n + 3], numbers[n + 4], numbers[n + 5], numbers[n + 6], numbers[n + 7], numbers[n + 8] = evidence(p, us, slot)
  end
  return numbers, reads
end`;

const answersLua = `
local best, bestPlace, bestShort, bestFrom, bestHeld, chosenAt = huge, 0, 0, 0, 0, 0
from, place, chosen = 1, 0, nil
local waits = {}
while from < #shape do
  local starts, short, shortHeld = judge(from)
  if spoiled[1] then return unopened() end
  if starts <= now then chosen, chosenAt, best, bestPlace = from, now, now, place break end
  if starts < best or bestFrom == 0 then best, bestPlace, bestShort, bestFrom, bestHeld = starts, place, short, from, shortHeld end
  waits[#waits + 1] = { starts, place, short, from }
  from, place = from + 2 + 4 * (byte(shape, from) * 128 + byte(shape, from + 1)), place + 1
end
local latest = min(now + horizon, startBy)
if not chosen and horizon > 0 and best <= latest then
  table.sort(waits, function(a, b) return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2]) end)
  for _, wait in ipairs(waits) do
    if wait[1] > latest then break end
    if canWait(wait[4], ceil(wait[1]), wait[3]) then
      chosen, chosenAt, bestPlace = wait[4], ceil(wait[1]), wait[2]
      break
    end
    if spoiled[1] then return unopened() end
  end
end
if chosen then
  local numbers, booked = book(chosen, chosenAt)
  if not numbers then return unopened() end
  save()
  local answer = { struct.pack("<dddddd" .. string.rep("d", #numbers), 1, now, epoch, news, bestPlace, chosenAt, unpack(numbers)), views() }
  if ARGV[5] == "1" then
    for i, read in ipairs(booked) do answer[i + 2] = redis.call("GET", sibling(read[1], "ring:")) or "" end
  end
  return answer
end
local askAt = best
if horizon > 0 and best < huge then
  local p = load(bestShort, values[bestShort], now)
  if not p.spoiled and isFair(p, now) then
    askAt = max(now + 1000, best - min(horizon, p.windowUs / 30))
    -- Nobody stands back for a call that cannot start in time.
    if best <= startBy then want(p, bestHeld, best, now) end
  end
  if best <= latest then askAt = best end
end
if spoiled[1] then return unopened() end
save()
return { struct.pack("<dddddddd", 2, now, epoch, news, bestPlace, best, bestShort - 2, askAt), views() }`;

export function reserveScript(time: TimeSource): Script {
  return script("reserve", [
    time,
    askedLua,
    quickLua,
    clockLua,
    pageLua,
    ringLua,
    windowLua,
    startLua,
    answerLua,
    fairnessLua,
    chooseLua,
    bookLua,
    answersLua,
  ]);
}
