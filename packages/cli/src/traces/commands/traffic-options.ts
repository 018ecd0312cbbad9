import type { OptionDeclaration } from "../../command-line/command-declaration.ts";
import { shapeNames } from "../synthetic/shape-names.ts";

/** Which traffic to make up: for every command that can do without a trace. */
export const trafficOptions: readonly OptionDeclaration[] = [
  { name: "rps", value: "n", description: "Calls a second in the mean, above 0." },
  {
    name: "input",
    value: "mean,p95",
    description: "Input tokens of a call: mean and 95th percentile, such as 1155,4083.",
  },
  { name: "output", value: "mean,p95", description: "Output tokens of a call, likewise." },
  {
    name: "shape",
    value: "name",
    choices: shapeNames,
    description:
      "Over time: steady; diurnal, a wave a day (a shorter trace holds one wave); spiky, six times the rest for a tenth of every ten minutes; ramp, from 0.2 to 1.8 of the mean; agents, chains of calls with growing prompts. steady unless given.",
  },
  { name: "duration", value: "time", description: "How long, such as 90s, 15m, 1h or 1d; 1h unless given." },
  {
    name: "max-tokens",
    value: "n",
    description: "What every call sets as max_tokens; answers end there. Unset unless given.",
  },
  { name: "model", value: "names", description: "A name, or several with shares: chat=3,code=1." },
  { name: "tenant", value: "names", description: "A name, or several with shares: web=9,batch=1." },
  {
    name: "profile",
    value: "file",
    isPath: true,
    description: "What `shardrock fit` wrote; the options above change it.",
  },
];
