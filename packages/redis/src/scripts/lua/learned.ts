/**
 * What is learned of a quota: version and gate as eleven doubles, then the learner's record as text. It outlives the page.
 * Gates are ten arguments: price, burst, mayHold, window, arc (three), mayAsk, paused until, length of the window.
 */
export const learnedLua = `
local gateLength = 10
local function readGate(from)
  local gate = {}
  for i = 1, gateLength do gate[i] = number(from + i - 1) end
  if not (gate[1] > 0 and gate[2] > 0 and gate[5] > 0 and gate[10] > 0 and gate[10] < 1e12) then
    error("a gate must have price, burst and window above 0")
  end
  return gate
end
local function learnedKey(at) return prefix .. "learned:" .. string.sub(KEYS[at], #prefix + 6) end
local function readLearned(at)
  local value = redis.pcall("GET", learnedKey(at))
  if type(value) ~= "string" or #value < 88 then return nil end
  local numbers = { struct.unpack("<ddddddddddd", value) }
  for i = 1, 11 do if numbers[i] ~= numbers[i] or numbers[i] < 0 then return nil end end
  if numbers[2] == 0 or numbers[3] == 0 or numbers[6] == 0 or numbers[11] == 0 then return nil end
  local gate = {}
  for i = 1, gateLength do gate[i] = numbers[i + 1] end
  return numbers[1], gate, value
end
local function writeLearned(at, version, gate, record)
  redis.call("SET", learnedKey(at), struct.pack("<ddddddddddd", version, unpack(gate)) .. record, "PX", 604800000)
end
local function setGate(p, version, gate, now)
  local isSame = p.window == gate[4] and p.arcWindow == gate[5] and p.arcFrom == gate[6] and p.arcWidth == gate[7]
  p.price, p.burst, p.mayHold, p.window, p.arcWindow = gate[1], gate[2], gate[3], gate[4], gate[5]
  p.arcFrom, p.arcWidth, p.mayAsk, p.paused = gate[6], gate[7], gate[8], gate[9]
  p.version, p.dirty = version, true
  if not isSame then p.countedSlot = -1 end
  review(p, now)
end
-- Arguments from there on are updates: page, version it is based on, gate, record. @return what was newer.
local function update(from, now)
  local newer = {}
  for i = from, #ARGV, gateLength + 3 do
    local at, basedOn, gate = number(i) + 2, number(i + 1), readGate(i + 2)
    local version, _, value = readLearned(at)
    if version and version ~= basedOn then
      newer[#newer + 1], newer[#newer + 2] = struct.pack("<d", at - 2), value
    else
      writeLearned(at, basedOn + 1, gate, ARGV[i + 2 + gateLength])
      local p = find(at, now)
      if p then setGate(p, basedOn + 1, gate, now) end
    end
  end
  return newer
end`;
