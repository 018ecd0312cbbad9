import { optionalConfigOption } from "../command-line/config-options.ts";
import type { CommandDeclaration, OptionDeclaration } from "../command-line/command-declaration.ts";
import { traceOptions } from "../traces/commands/trace-options.ts";
import { trafficOptions } from "../traces/commands/traffic-options.ts";

/** How often a case is played, and against what; plan and replay have them alike. */
export const gridOptions: readonly OptionDeclaration[] = [
  {
    name: "slo",
    value: "goals",
    description:
      'What is to be met, such as "p99 wait < 2s and served >= 99.9%": a percentile of waits of all calls, the share served or refused.',
  },
  { name: "seeds", value: "n", description: "Runs of each kind, 1 to 20, by the seeds 1 to n; 3 unless given." },
  {
    name: "limiters",
    value: "names",
    description:
      "How AWS may count a minute, with commas: bucket100, bucket25, bucket12, fixed60, sliding60, fixed10, or all; bucket100,sliding60,fixed10 unless given, which are the furthest apart.",
  },
  { name: "report", value: "file", isPath: true, description: "Also write one HTML file, with charts." },
];

/** `shardrock plan`. */
export const planDeclaration: CommandDeclaration = {
  name: "plan",
  summary: "Try traffic on a config: what is served, what binds, and what would be enough",
  description:
    "Plays traffic through the router itself, in virtual time, against an AWS that enforces the config's limits; calls nobody. Shows what is served, delayed and refused, how long calls wait, how full each quota is and which one binds when; what would be otherwise with other max_tokens, without an account or a Region, or with half the quotas. With --slo it searches the fewest accounts, and the smallest raises of quotas, that meet it in every run, and ends with 3 when neither does. It ends with the numbers that AWS's form for higher quotas asks for, and with what it assumed. Without --config it starts from AWS's default limits of the models that --model names. The same options give the same bytes.",
  options: [
    optionalConfigOption,
    { name: "trace", value: "file", isPath: true, description: "The calls: see shardrock trace. Or make them up:" },
    ...trafficOptions,
    { name: "grow", value: "factors", description: "Also try so many times the traffic, such as 2x,5x." },
    ...gridOptions,
    { name: "check", description: "Search nothing: end with 3 when the config misses the SLO as it is." },
    { name: "most-accounts", value: "n", description: "The most that are tried, 1 to 1000; 100 unless given." },
    {
      name: "region",
      value: "names",
      description: "Without --config: source Regions, with commas; us-east-1 unless given.",
    },
    { name: "accounts", value: "n", description: "Without --config: how many accounts to begin with; 1 unless given." },
    {
      name: "write-config",
      value: "file",
      isPath: true,
      description: "Without --config: also write the config that was used.",
    },
    ...traceOptions,
  ],
  examples: [
    {
      line: 'shardrock plan --config router.yaml --trace calls.csv --slo "p99 wait < 2s" --grow 2x,5x',
      says: "Last month's calls, and two and five times as many: how many accounts are needed?",
    },
    {
      line: 'shardrock plan --model anthropic.claude-sonnet-4-6 --rps 20 --input 1155,4083 --output 211,451 --max-tokens 1000 --duration 10m --slo "p99 wait < 2s"',
      says: "No config and no trace yet: twenty calls a second on AWS's default limits.",
    },
  ],
  load: () => import("./plan-command.ts"),
};
