/** Routing without the SDK: any function that can send one attempt is a transport. Here it is a pretended model. */
import { NotSentError, openRouter, parseConfig, ShardrockError } from "@shardrock/core";

const config = parseConfig({
  accounts: [
    {
      id: "111111111111",
      roleArn: "arn:aws:iam::111111111111:role/shardrock",
      trust: "same-org",
      regions: ["eu-west-1"],
    },
    {
      id: "222222222222",
      roleArn: "arn:aws:iam::222222222222:role/shardrock",
      trust: "same-org",
      regions: ["eu-west-1"],
    },
  ],
  models: {
    nova: {
      servedBy: [{ id: "amazon.nova-pro-v1:0" }],
      quotas: { tokensPerMinute: 60_000 },
      maxOutputTokens: 5_000,
    },
  },
  residency: { allowedRegions: ["eu-west-1"] },
});
const { router, candidates } = openRouter(config);

// Twelve calls of 2 000 tokens: one account's burst carries two, so most wait their turn or go to the other account.
const calls = Array.from({ length: 12 }, (_, call) =>
  router.run(
    { pool: "nova", candidates: candidates("nova", { requests: 1, tokens: 2_000 }) },
    async (target, attempt) => {
      const isDown = call === 0 && attempt.attempt === 1;
      // What never left this process costs nothing; the router tries the next target.
      if (isDown) throw new NotSentError(new ShardrockError("credentials-unavailable", "the role cannot be assumed"));
      attempt.settle({ requests: 1, tokens: 900 });
      return `call ${call}: account ${target.accountId}, waited ${Math.round(attempt.waitedMs)} ms, attempt ${attempt.attempt}`;
    },
  ),
);
for (const line of await Promise.all(calls)) console.log(line);

console.log("\nWhere would a call of 5 000 tokens go now?");
const request = { pool: "nova", candidates: candidates("nova", { requests: 1, tokens: 5_000 }) };
for (const { rank, target, reason } of router.explain(request)) console.log(`  ${rank ?? "-"} ${target.id}: ${reason}`);
