import type { CommandDeclaration } from "../command-line/command-declaration.ts";
import { configOption, observeRoleOption } from "../command-line/config-options.ts";

/** Shows what AWS applies and what is used of it. */
export const quotasDeclaration: CommandDeclaration = {
  name: "quotas",
  summary: "Show what AWS applies to each account, what is used of it, and ask for more",
  description:
    "Reads Service Quotas and CloudWatch in every account and Region of the config: the limit of each model and scope, whether it was " +
    "applied or is AWS's default, the busiest minute of the last hour, what is left above it, and throttles. Quotas of inference " +
    "whose names are not understood are listed and change nothing. This process makes no calls, so its book is idle: all use it sees " +
    "is that of others, as CloudWatch counts it 5 to 15 minutes late. With --store it looks into the book that routers share in Redis " +
    "or Valkey: what they booked this minute, what is left, and drift, which is what AWS counted per minute beyond what they used. It " +
    "only reads there, and counts as none of the processes that share. --increase prepares requests for more in the words of AWS's " +
    "form; only --submit sends them, after a line is typed, and needs a role that may request increases: --observe-role, with the " +
    "roles of shardrock iam --request-increases.",
  options: [
    configOption,
    observeRoleOption,
    {
      name: "store",
      value: "url",
      description:
        "Redis or Valkey that routers share their book in: redis://host:6379, or rediss://user:password@host:6379 with TLS. Others on " +
        "this machine can read what is typed: with a password, set the variable SHARDROCK_STORE instead.",
    },
    { name: "realm", value: "name", description: "With --store: the realm that the routers give redisLedger()." },
    { name: "watch", description: "Look again and again, until Ctrl-C.", short: "w" },
    { name: "every", value: "time", description: "With --watch, from one look to the next, 10s up; 60s unless told." },
    { name: "timeout", value: "time", description: "Longest one look may take; 2m unless told." },
    { name: "increase", description: "Prepare requests for more, and send nothing." },
    {
      name: "tokens",
      value: "n",
      description: "With --increase: tokens per minute to ask for, such as 4000000, or 2x for twice what is applied.",
    },
    {
      name: "requests",
      value: "n",
      description: "With --increase: requests per minute to ask for, such as 2000, or 2x.",
    },
    {
      name: "load",
      value: "numbers",
      description:
        "With --increase: steady and peak TPM, steady and peak RPM, average input and output tokens, of each account and Region, with commas.",
    },
    {
      name: "use-case",
      value: "text",
      description: "With --increase: what the models are used for, for AWS's people.",
    },
    { name: "model", value: "name", description: "Only this model, by the name callers use." },
    { name: "account", value: "id", description: "Only this account." },
    { name: "region", value: "region", description: "Only this Region." },
    { name: "submit", description: "With --increase: send the requests, once a line that it asks for is typed." },
  ],
  examples: [
    { line: "shardrock quotas --config router.yaml", says: "Limits, use and headroom" },
    {
      line: "shardrock quotas --config router.yaml --store rediss://redis.example.com:6379 --realm prod --watch",
      says: "What the whole fleet has booked, again every minute",
    },
    {
      line: "shardrock quotas --config router.yaml --increase --tokens 2x --load 600000,1500000,300,800,1500,300",
      says: "What would be asked of AWS",
    },
  ],
  load: () => import("./quotas-command.ts"),
};
