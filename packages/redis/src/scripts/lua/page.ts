import { frontFields, pageFields } from "../../store/page-layout.ts";

const count = pageFields.length;

/** What every script that opens pages needs: reading a page, keeping it, and saying that one cannot be read. */
export const pageLua: string = `
local frontFormat, restFormat = "<${"d".repeat(frontFields)}", "<${"d".repeat(count - frontFields)}"
local pageLength = ${count}
local pages, spoiled = {}, {}
local function sibling(p, kind)
  return prefix .. kind .. string.sub(KEYS[p.at], #prefix + 6)
end
local function spoil(p)
  if p.spoiled then return end
  p.spoiled = true
  spoiled[#spoiled + 1] = p.at
end
-- A page in KEYS[at] whose string is \`value\`. What makes no sense is spoiled: it is not used, and opened anew as spent.
local function load(at, value, now)
  local p = pages[at]
  if p then return p end
  p = { struct.unpack(frontFormat, value) }
  p.at = at
  p.dirty, p.spoiled = false, false
  pages[at] = p
  local text = redis.pcall("GET", sibling(p, "rest:"))
  if type(text) ~= "string" or #text ~= ${(count - frontFields) * 8} then spoil(p) return p end
  local rest = { struct.unpack(restFormat, text) }
  for i = 1, ${count - frontFields} do p[${frontFields} + i] = rest[i] end
  for i = 1, ${count} do if p[i] ~= p[i] then spoil(p) return p end end
  local slotUs = p.windowUs / 480
  local isSound = p.tat < now + 1e13 and p.inWindow > -1e3 and p.inWindow < 1e15 and p.open > -1e15 and p.open < 1e15
    and p.price > 0 and p.burst > 0 and p.plainUntil < now + p.windowUs and p.mayHold >= 0 and p.windowUs > 0 and p.windowUs < 1e12 and p.arcWindow > 0
    and p.sum > -1 and p.sum < 1e15 and p.newest >= 0 and p.newest * slotUs < now + 1e7 and p.last < p.newest + 19 and p.cell > -1 and p.cell < 1e15
  if not isSound then spoil(p) else flush(p) end
  return p
end
-- Writes pages that changed; of those that are spoiled only that they are: whoever opens them opens them as spent.
local function save()
  for _, p in pairs(pages) do
    local ttl, rest = max(3600000, ceil(p.windowUs / 500)), sibling(p, "rest:")
    if p.spoiled then
      redis.call("SET", KEYS[p.at], "spoiled", "PX", 3600000)
      redis.call("DEL", sibling(p, "ring:"), rest)
    elseif p.dirty then
      p.quickUntil = p.ahead < 1e-6 and p.contendedUntil == 0 and (p.newest + 1) * (p.windowUs / 480) or 0
      redis.call("SET", KEYS[p.at], struct.pack(frontFormat, unpack(p, 1, ${frontFields})), "PX", ttl)
      redis.call("SET", rest, struct.pack(restFormat, unpack(p, ${frontFields + 1}, ${count})), "PX", ttl)
    end
  end
end`;
