import { pageBytes } from "../../store/page-layout.ts";

/** `find(at, now)`: the page in KEYS[at], of those read into `values`; nil where there is none that makes sense. */
export const findLua: string = `
local function find(at, now)
  local value = values[at]
  if not value then return nil end
  if #value ~= ${pageBytes} then return nil end
  local p = load(at, value, now)
  return not p.spoiled and p or nil
end`;
