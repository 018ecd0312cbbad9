import type { CommandDeclaration } from "../../command-line/command-declaration.ts";
import { traceOptions } from "./trace-options.ts";

/** `shardrock trace FILE`. */
export const traceDeclaration: CommandDeclaration = {
  name: "trace",
  summary: "Check a trace, and show its rates, sizes, models and tenants",
  description:
    "Reads a trace from its beginning to its end and shows what it holds: how many calls, over which time, how many a second and in the busiest minute, how large, for which models and tenants. A malformed row is told as file:line:column with what was expected. Prompts and answers in invocation logs are passed over. FILE may be gzip, or a folder of logs as S3 holds them.",
  arguments: [{ name: "file", description: "The trace, or a folder of files.", isPath: true }],
  options: traceOptions,
  examples: [
    {
      line: "shardrock trace calls.csv",
      says: "Check a table with the columns timestamp,input,output and show what it holds.",
    },
    {
      line: "shardrock trace ./AWSLogs --tenant-key team --json",
      says: "Read all invocation logs under a folder, tenants by the requestMetadata key team, as JSON.",
    },
  ],
  load: () => import("./trace-command.ts"),
};
