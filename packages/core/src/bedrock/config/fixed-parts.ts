import type { ConfigProblem } from "./error.ts";
import type { Config } from "./shardrock-config.ts";

/** A part of a config that a running client is built on, and why it cannot change under it. */
export interface FixedPart {
  readonly path: readonly string[];
  readonly read: (config: Config) => unknown;
  readonly why: string;
}

const window: FixedPart = {
  path: ["windows", "minuteMs"],
  read: ({ windows }) => windows.minuteMs,
  why: "the book counts in windows of that length",
};

const connections: readonly FixedPart[] = [
  { path: ["endpoints"], read: ({ endpoints }) => endpoints, why: "the connections are made to them" },
  {
    path: ["timeouts", "connectMs"],
    read: ({ timeouts }) => timeouts.connectMs,
    why: "the connections are made by it",
  },
  {
    path: ["timeouts", "credentialsMs"],
    read: ({ timeouts }) => timeouts.credentialsMs,
    why: "sessions are asked for by it",
  },
  { path: ["errors"], read: ({ errors }) => errors, why: "sessions are asked for by it" },
  { path: ["state"], read: ({ state }) => state, why: "what was learned is written there" },
];

/** What a router alone is built on, and what a whole client is. */
export const fixedParts: Readonly<Record<"router" | "client", readonly FixedPart[]>> = {
  router: [window],
  client: [window, ...connections],
};

/** What differs between two configs although it cannot change while a client runs. */
export function fixedProblems(
  before: Config,
  after: Config,
  parts: readonly FixedPart[] = fixedParts.client,
): readonly ConfigProblem[] {
  return parts
    .filter(({ read }) => JSON.stringify(read(before)) !== JSON.stringify(read(after)))
    .map(({ path, why }) => ({ path, message: `cannot change at run time, ${why}: make a new client for it` }));
}
