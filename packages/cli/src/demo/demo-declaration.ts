import type { CommandDeclaration } from "../command-line/command-declaration.ts";

/** `shardrock demo`. */
export const demoDeclaration: CommandDeclaration = {
  name: "demo",
  summary: "See the main job done in half a minute, without AWS",
  description:
    "Sends the same calls to one account with the SDK's retries and to Shardrock over four accounts, at three times the load the first account carries: a simulated AWS on loopback sockets, the real SDK, no AWS account. Shows what each served while it runs, and how the load lay on the quotas.",
  options: [
    { name: "duration", value: "time", description: "How long calls come, such as 10s; 24s unless given." },
    { name: "seed", value: "n", description: "A whole number; another one, other calls. 1 unless given." },
  ],
  examples: [
    { line: "shardrock demo", says: "Watch it." },
    { line: "shardrock demo --json", says: "Only the numbers, when it is over." },
  ],
  load: () => import("./demo-command.ts"),
};
