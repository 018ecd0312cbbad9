import type { CommandDeclaration } from "../command-line/command-declaration.ts";
import { configOption, observeRoleOption } from "../command-line/config-options.ts";

/** Looks at every account and Region of a config. */
export const doctorDeclaration: CommandDeclaration = {
  name: "doctor",
  summary: "Check every account and Region of a config, read-only",
  description:
    "Assumes each account's role as the router does, and looks at what would stop its calls: the role and whose it is, access to " +
    "the models, inference profiles and where they may run against residency, quotas that are 0 or only AWS's default, this " +
    "machine's clock, variables that have no effect, and whether invocations are logged. It reads only: no model is called and " +
    "nothing is changed. Ends with 4 when it finds an error.",
  options: [
    configOption,
    observeRoleOption,
    { name: "all", description: "Show also what was found right.", short: "a" },
    { name: "timeout", value: "time", description: "Longest it may take, such as 90s or 5m; 2m unless told." },
    { name: "places-at-once", value: "n", description: "Accounts and Regions looked at together; 16 unless told." },
  ],
  examples: [
    { line: "shardrock doctor --config router.yaml", says: "Everything that needs mending, and how" },
    {
      line: "shardrock doctor --config router.yaml --json",
      says: "For a pipeline: findings as JSON, exit code 4 when one is an error",
    },
  ],
  load: () => import("./doctor-command.ts"),
};
