import type { OptionDeclaration } from "../../command-line/command-declaration.ts";
import { timeUnits } from "../time-units.ts";
import { traceFormats } from "../format-names.ts";

/** How a trace is read: for every command that takes one. */
export const traceOptions: readonly OptionDeclaration[] = [
  {
    name: "format",
    value: "name",
    choices: traceFormats,
    description:
      "What the trace is: a table with a header line (Azure's LLM traces too), flat JSON lines, or Bedrock's model-invocation logs. Told by its content unless given.",
  },
  { name: "skip-bad-rows", description: "Count malformed and late rows instead of ending at the first." },
  {
    name: "sort-rows",
    value: "n",
    description: "Rows held back to put them in order of time; 65536 unless given.",
  },
  {
    name: "time-unit",
    value: "unit",
    choices: timeUnits,
    description: "What times count that are numbers; told by their size unless given.",
  },
  {
    name: "tenant-key",
    value: "key",
    description:
      "In invocation logs, the key of requestMetadata that names the tenant; the calling role or user unless given.",
  },
];
