import { pageBytes } from "../store/page-layout.ts";
import { argumentsLua } from "./lua/arguments.ts";
import { answerLua } from "./lua/answer.ts";
import { clockLua, type TimeSource } from "./lua/clock.ts";
import { findLua } from "./lua/find.ts";
import { learnedLua } from "./lua/learned.ts";
import { pageLua } from "./lua/page.ts";
import { ringLua } from "./lua/ring.ts";
import { type Script, script } from "./script.ts";
import { startLua } from "./lua/start.ts";
import { windowLua } from "./lua/window.ts";

/**
 * Makes pages that the store does not have. One that it has is spent where it is to be opened as spent, once in an epoch, while
 * the epoch is no older than a window: it is of before the loss, or somebody opened it who did not know.
 * KEYS: 1 the realm's state; 2... pages, each once. ARGV: 1 epoch and 2 time that the process was shown last; of each page "1" where it is to be opened as spent, gate, record.
 * Result: numbers: now, epoch, news. A page that was spoiled, or lost while its ring was not, is opened as spent.
 */
const openLua = `
local now, epoch, news = readClock(redis.pcall("GET", KEYS[1]), number(1), number(2))
local function spend(p)
  redis.call("SET", sibling(p, "spent:"), format("%.17g", epoch), "PX", ceil(p.windowUs / 1000))
  if p.mayHold == 0 then return end
  roll(p, now)
  local units = cell(p, p.newest)
  if p.spoiled then return end
  p.tat = max(p.tat, now + min(p.burst, p.windowUs))
  change(p, p.newest, p.windowUs / p.price, units)
  p.countedSlot = -1
  look(p, now)
end
local function isUnspent(p)
  if now - epoch >= p.windowUs then return false end
  return redis.pcall("GET", sibling(p, "spent:")) ~= format("%.17g", epoch)
end
local function openPage(at, isSpent, version, gate)
  local p = {}
  for i = 1, pageLength do p[i] = 0 end
  p.at, p.dirty, p.spoiled, p.windowUs = at, true, false, gate[10]
  pages[at] = p
  if redis.call("DEL", sibling(p, "ring:")) == 1 then isSpent = true end
  redis.call("DEL", sibling(p, "use:"))
  p.newest = slotAt(p, now)
  setGate(p, version, gate, now)
  if isSpent then spend(p) end
end
for at = 2, #KEYS do
  local value = redis.pcall("GET", KEYS[at])
  local isText = type(value) == "string"
  local p = isText and #value == ${pageBytes} and load(at, value, now)
  local from = (at - 2) * (gateLength + 2) + 3
  if not p or p.spoiled then
    local version, gate = readLearned(at)
    if not version then
      version, gate = 1, readGate(from + 1)
      writeLearned(at, version, gate, ARGV[from + gateLength + 1])
    end
    openPage(at, isText or type(value) == "table" or ARGV[from] == "1", version, gate)
  elseif ARGV[from] == "1" and isUnspent(p) then
    spend(p)
  end
end
save()
return struct.pack("<ddd", now, epoch, news)`;

export function openScript(time: TimeSource): Script {
  const page = [pageLua, ringLua, windowLua, startLua, answerLua, findLua, learnedLua];
  return script("open", [time, clockLua, argumentsLua, ...page, openLua]);
}
