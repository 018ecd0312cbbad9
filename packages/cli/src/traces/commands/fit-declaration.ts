import type { CommandDeclaration } from "../../command-line/command-declaration.ts";
import { traceOptions } from "./trace-options.ts";

/** `shardrock fit FILE`. */
export const fitDeclaration: CommandDeclaration = {
  name: "fit",
  summary: "Fit sizes and shape of a trace into a small profile to generate from",
  description:
    "Reads a trace and prints a profile of its traffic as JSON: rate and its shape over time, burstiness, quantiles of input, output and max_tokens, shares of models and tenants. It holds no calls and no times of day, so it can be shared where the trace cannot; names of models and tenants are in it. `shardrock generate --profile` makes traces like it.",
  arguments: [{ name: "file", description: "The trace, or a folder of files.", isPath: true }],
  options: [
    { name: "out", value: "file", isPath: true, description: "Write the profile there instead of to stdout." },
    ...traceOptions,
  ],
  examples: [
    { line: "shardrock fit calls.csv --out traffic.json", says: "Fit a table of calls." },
    {
      line: "shardrock generate --profile traffic.json --rps 50 --out tomorrow.csv.gz",
      says: "Then make a trace like it, at 50 calls a second.",
    },
  ],
  load: () => import("./fit-command.ts"),
};
