import type { CommandDeclaration } from "../../command-line/command-declaration.ts";
import { writtenFormats } from "../format-names.ts";
import { trafficOptions } from "./traffic-options.ts";

/** `shardrock generate`. */
export const generateDeclaration: CommandDeclaration = {
  name: "generate",
  summary: "Write a synthetic trace, from a few numbers or a fitted profile",
  description:
    "Writes a trace of calls that nobody made, for plan and replay. Without --profile it needs --rps, --input and --output. The same options and seed give the same bytes. Sizes are log-normal and meet the mean and the 95th percentile asked for, or follow the profile's quantiles; input and output are drawn apart.",
  options: [
    ...trafficOptions,
    { name: "seed", value: "n", description: "A whole number; another one, another trace. 1 unless given." },
    {
      name: "start",
      value: "time",
      description: "When the first call comes, ISO 8601; 2026-01-01T00:00:00Z unless given.",
    },
    {
      name: "out",
      value: "file",
      isPath: true,
      description:
        "Write there instead of to stdout; gzip when it ends in .gz, JSON lines when in .jsonl or .jsonl.gz.",
    },
    {
      name: "format",
      value: "name",
      choices: writtenFormats,
      description: "csv unless --out or --json says otherwise.",
    },
  ],
  examples: [
    {
      line: "shardrock generate --rps 20 --duration 1h --input 1155,4083 --output 211,451 --out chat.csv",
      says: "An hour of chat at 20 calls a second: mean and p95 of input and output tokens.",
    },
    {
      line: "shardrock generate --profile traffic.json --duration 1d --shape diurnal --seed 7 --out day.csv.gz",
      says: "A day like a fitted profile, but with a day's wave.",
    },
  ],
  load: () => import("./generate-command.ts"),
};
