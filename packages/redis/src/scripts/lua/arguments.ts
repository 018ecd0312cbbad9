/** `number(i)`: ARGV[i] as a number of 0 or more that is not NaN; anything else ends the script before it wrote a page. */
export const argumentsLua = `
local function number(i)
  local value = tonumber(ARGV[i])
  if not value or not (value >= 0) then error("argument " .. i .. " must be a number of 0 or more, got " .. tostring(ARGV[i])) end
  return value
end`;
