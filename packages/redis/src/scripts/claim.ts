import { type Script, script } from "./script.ts";

/**
 * Takes a lease, or keeps it. What somebody else wrote there is no lease: of another type it goes at once, and a text that would
 * stay for ever is given as long as this lease (Redis 6 cannot, and leaves it).
 * KEYS: 1 the claim. ARGV: 1 process, 2 ms. Result: 1 where the process holds it, else 0.
 */
export const claimScript: Script = script("claim", [
  `
if redis.call("SET", KEYS[1], ARGV[1], "NX", "PX", ARGV[2]) then return 1 end
local holder = redis.pcall("GET", KEYS[1])
if type(holder) == "table" then
  redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
  return 1
end
if holder ~= ARGV[1] then
  redis.pcall("PEXPIRE", KEYS[1], ARGV[2], "NX")
  return 0
end
redis.call("PEXPIRE", KEYS[1], ARGV[2])
return 1`,
]);

/** Gives a lease up, if the process holds it. KEYS: 1 the claim. ARGV: 1 process. Result: 1 where it did, else 0. */
export const giveUpScript: Script = script("giveUp", [
  `
if redis.pcall("GET", KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call("DEL", KEYS[1])`,
]);
