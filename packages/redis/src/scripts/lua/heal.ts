/**
 * `heal(key, probe, ...)`: what somebody wrote to a key of the book that is of another type goes, so that the book goes
 * on. The probe is a command with its arguments that changes nothing, and fails where
 * the type is another.
 */
export const healLua = `
local function heal(key, probe, ...)
  local answer = redis.pcall(probe, key, ...)
  if type(answer) == "table" and answer.err and string.find(answer.err, "WRONGTYPE", 1, true) then redis.call("DEL", key) end
end`;
