import type { CommandDeclaration } from "../command-line/command-declaration.ts";
import { gridOptions } from "../plan/plan-declaration.ts";
import { traceOptions } from "../traces/commands/trace-options.ts";

/** `shardrock replay A.yaml B.yaml`. */
export const replayDeclaration: CommandDeclaration = {
  name: "replay",
  summary: "Play one trace on two configs, and show them side by side",
  description:
    "Plays the same calls, by the same seeds and ways of counting, through the router under each of two configs, in virtual time; calls nobody. Shows what is served, delayed and refused, how long calls wait, what binds, and by how much the second differs from the first, run by run. With --slo it ends with 3 when the second misses it.",
  arguments: [
    { name: "first", description: "A config, such as the one you run.", isPath: true },
    { name: "second", description: "Another one.", isPath: true },
  ],
  options: [
    { name: "trace", value: "file", isPath: true, isRequired: true, description: "The calls: see shardrock trace." },
    {
      name: "max-tokens",
      value: "n",
      description: "What calls set as max_tokens that set none; unless given, their model's maximum is held.",
    },
    ...gridOptions,
    ...traceOptions,
  ],
  examples: [
    {
      line: "shardrock replay router.yaml router-with-eu.yaml --trace calls.csv",
      says: "What would another Region have changed for last month's calls?",
    },
  ],
  load: () => import("./replay-command.ts"),
};
