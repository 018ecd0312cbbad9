import { pageBytes } from "../../store/page-layout.ts";

/** The strings of pages, before anything else is said of them. */
export const valuesLua = `
local values = redis.call("MGET", unpack(KEYS))`;

/** How pages and numbers go back: bytes, because numbers as text cost more than all the arithmetic. */
export const answerLua: string = `
local noRoom = string.rep("\\0", 8)
local rooms = {}
-- Of every page in KEYS: its first five numbers, and when it has room for what was asked.
local function views()
  local parts = {}
  for at = 2, #KEYS do
    local p, value = pages[at], values[at]
    if p and p.spoiled then value, p = nil, nil end
    if p and p.dirty then parts[#parts + 1] = struct.pack("<ddddd", unpack(p, 1, 5))
    elseif value and #value == ${pageBytes} then parts[#parts + 1] = string.sub(value, 1, 40)
    else parts[#parts + 1] = string.rep("\\255", 40) end
    local room = rooms[at]
    parts[#parts + 1] = room and room > 0 and struct.pack("<d", room) or noRoom
  end
  return table.concat(parts)
end
-- Pages that the store lacks, and those that are spoiled: places in KEYS, the latter below 0.
local function lacking()
  local places = {}
  for at = 2, #KEYS do
    local p, value = pages[at], values[at]
    if not value then places[#places + 1] = at - 2
    elseif #value ~= ${pageBytes} or (p and p.spoiled) then places[#places + 1] = 1 - at end
  end
  return places
end`;
