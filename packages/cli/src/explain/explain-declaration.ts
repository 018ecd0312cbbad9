import type { CommandDeclaration } from "../command-line/command-declaration.ts";
import { configOption } from "../command-line/config-options.ts";

/** `shardrock explain`. */
export const explainDeclaration: CommandDeclaration = {
  name: "explain",
  summary: "Show where a call could go, and why there and not elsewhere",
  description:
    "Asks the router of a config where a call of a given size would go: every candidate with its headroom, its score (lowest first, in ms) and the reason, then what residency or quotas rule out. The book is idle: no call is under way, so it shows what the config allows, not what a running process has left. Nothing is sent, and AWS is not asked: the config must give ids and limits.",
  options: [
    configOption,
    { name: "model", value: "name", isRequired: true, description: "A model's name in the config." },
    { name: "input", value: "n", isRequired: true, description: "Input tokens of the call." },
    {
      name: "max-tokens",
      value: "n",
      description: "What the call sets as max_tokens; the model's maximum unless given, as AWS holds it then.",
    },
    { name: "tenant", value: "name", description: "Who the call is for." },
  ],
  examples: [
    {
      line: "shardrock explain --config router.yaml --model sonnet --input 12000 --max-tokens 1000",
      says: "Which accounts and Regions would take a call that holds 13 000 tokens, the first choice first.",
    },
  ],
  load: () => import("./explain-command.ts"),
};
