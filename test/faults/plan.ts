import { type LimiterKind, limiterKinds } from "@shardrock/simulator";
import { Draw } from "./draw.ts";
import { type FaultKind, faultKinds } from "./fault-kinds.ts";

export interface PlannedTarget {
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
  readonly destinationRegions: readonly string[] | undefined;
  readonly tokensPerMinute: number;
  readonly requestsPerMinute: number | undefined;
}

export interface PlannedCall {
  readonly atMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly maxTokens: number;
  readonly isStream: boolean;
  readonly priority: number;
  readonly tenant: string;
  readonly maxWaitMs: number;
  readonly affinityKey: string | undefined;
  readonly allowedRegions: readonly string[] | undefined;
  readonly pinnedTo: string | undefined;
  readonly abortsAfterMs: number | undefined;
  /** The consumer of a stream leaves so long after its first content. */
  readonly leavesAfterMs: number | undefined;
  /** AWS would refuse it everywhere. */
  readonly isInvalid: boolean;
}

/** A fault of a kind, from when until when, where, and how many of the attempts there meet it. */
export interface Episode {
  readonly kind: FaultKind;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly accountId: string | undefined;
  readonly region: string | undefined;
  /** 0 to 1. */
  readonly share: number;
}

/** Something that happens once. */
export type Happening =
  | { readonly kind: "stall"; readonly atMs: number; readonly ms: number }
  | { readonly kind: "epoch"; readonly atMs: number; readonly ms: number }
  /** An operator drains an account, or takes it out of the config, and undoes it so much later; calls are under way. */
  | { readonly kind: "drain" | "remove"; readonly atMs: number; readonly accountId: string; readonly forMs: number }
  /** AWS changes a quota; the router hears of it `polledAfterMs` later, or never. */
  | {
      readonly kind: "quota";
      readonly atMs: number;
      readonly targetId: string;
      readonly tokensPerMinute: number;
      readonly polledAfterMs: number | undefined;
    };

/** One run, drawn from its seed. */
export interface Plan {
  readonly seed: number;
  readonly limiter: LimiterKind;
  readonly targets: readonly PlannedTarget[];
  /** Accounts that take no calls. */
  readonly drained: ReadonlyMap<string, undefined>;
  readonly allowedRegions: readonly string[] | undefined;
  readonly bounds: { readonly maxInFlight: number; readonly maxQueued: number; readonly maxQueuedBytes: number };
  readonly calls: readonly PlannedCall[];
  readonly episodes: readonly Episode[];
  readonly happenings: readonly Happening[];
  /** Nothing new happens after it. */
  readonly lengthMs: number;
}

const regions = ["us-east-1", "us-west-2", "eu-west-1"];
const lengthMs = 90_000;
/** Times are multiples of it, so that many things happen at one instant and their order is drawn. In ms. */
const grainMs = 10;

export function planOf(seed: number): Plan {
  const draw = new Draw(seed);
  const targets = targetsOf(draw);
  const room = targets.reduce((sum, { tokensPerMinute }) => sum + tokensPerMinute, 0) / 60_000;
  return {
    seed,
    limiter: draw.pick(limiterKinds),
    targets,
    drained: new Map(drainedOf(draw, targets).map((accountId) => [accountId, undefined])),
    allowedRegions: draw.maybe(0.5, () => ["us-east-1", "us-west-2"]),
    bounds: {
      maxInFlight: draw.pick([3, 20, 1_000, 1_000]),
      maxQueued: draw.pick([2, 20, 1_000, 1_000]),
      maxQueuedBytes: draw.pick([20_000, 1_000_000, 1_000_000]),
    },
    calls: callsOf(draw, room * draw.pick([0.3, 0.8, 2])),
    episodes: Array.from({ length: draw.int(0, 7) }, () => episodeOf(draw, targets)),
    // In this order, so that what was drawn before there were operators is drawn still.
    happenings: [...happeningsOf(draw, targets), ...operationsOf(draw, targets)],
    lengthMs,
  };
}

function targetsOf(draw: Draw): readonly PlannedTarget[] {
  const accounts = draw.int(1, 4);
  const used = regions.slice(0, draw.int(1, regions.length));
  const hasRequests = draw.chance(0.4);
  const all = Array.from({ length: accounts }, (_, index) => String(index + 1).repeat(12)).flatMap((accountId) =>
    used.map((region): PlannedTarget => {
      const wide = draw.chance(0.15);
      const unknown = draw.chance(0.05);
      return {
        id: `${accountId}/${region}`,
        accountId,
        region,
        destinationRegions: unknown ? undefined : wide ? ["us-east-1", "eu-west-1"] : [region],
        tokensPerMinute: draw.pick([0, 30_000, 60_000, 200_000, 600_000]),
        requestsPerMinute: hasRequests ? draw.pick([20, 60, 600]) : undefined,
      };
    }),
  );
  const [first, ...others] = all;
  if (first === undefined) return [];
  // One that can carry every call, so that there is always something to prove.
  const sound = {
    ...first,
    destinationRegions: [first.region],
    tokensPerMinute: draw.pick([30_000, 60_000, 200_000]),
  };
  return [sound, ...others];
}

/** Some accounts, but never the first: its target is the one that can carry every call. */
function drainedOf(draw: Draw, targets: readonly PlannedTarget[]): readonly string[] {
  const [first, ...others] = new Set(targets.map(({ accountId }) => accountId));
  return others.filter((accountId) => accountId !== first && draw.chance(0.15));
}

/** @param perMs - tokens that arrive in a ms. */
function callsOf(draw: Draw, perMs: number): readonly PlannedCall[] {
  const most = 90;
  const wanted = Math.min(most, Math.max(8, Math.round((perMs * lengthMs) / 4_000)));
  const from = draw.chance(0.3) ? lengthMs / 2 : 0; // a herd in a part of the time
  return Array.from({ length: wanted }, (): PlannedCall => {
    const maxTokens = draw.pick([200, 1_000, 4_000]);
    const isStream = draw.chance(0.5);
    return {
      atMs: from + draw.int(0, (lengthMs - from) / grainMs) * grainMs,
      inputTokens: draw.chance(0.02) ? 5_000_000 : draw.pick([50, 500, 500, 500, 3_000]),
      outputTokens: draw.int(1, draw.chance(0.1) ? maxTokens * 2 : maxTokens),
      maxTokens,
      isStream,
      priority: draw.pick([0, 0, 0, 1, -1]),
      tenant: draw.pick(["default", "tenant-canary-a", "tenant-canary-b"]),
      maxWaitMs: draw.pick([0, 5_000, 20_000, 40_000]),
      affinityKey: draw.maybe(0.3, () => `key-canary-${draw.int(1, 4)}`),
      allowedRegions: draw.maybe(0.1, () => ["us-east-1"]),
      pinnedTo: draw.maybe(0.05, () => "1".repeat(12)),
      abortsAfterMs: draw.maybe(0.1, () => draw.int(0, 1_500) * grainMs),
      leavesAfterMs: draw.maybe(0.1, () => draw.int(0, 500) * grainMs),
      isInvalid: draw.chance(0.03),
    };
  });
}

function episodeOf(draw: Draw, targets: readonly PlannedTarget[]): Episode {
  const { accountId, region } = draw.pick(targets);
  const fromMs = draw.int(0, 60) * 1_000;
  return {
    kind: draw.pick(faultKinds),
    fromMs,
    untilMs: fromMs + draw.pick([2_000, 20_000, 60_000]),
    accountId: draw.maybe(0.5, () => accountId),
    region: draw.maybe(0.4, () => region),
    share: draw.pick([0.2, 0.6, 1]),
  };
}

function happeningsOf(draw: Draw, targets: readonly PlannedTarget[]): readonly Happening[] {
  return Array.from({ length: draw.pick([0, 0, 1, 2]) }, (): Happening => {
    const atMs = draw.int(0, lengthMs / 1_000) * 1_000;
    const kind = draw.pick(["stall", "epoch", "quota", "quota"] as const);
    if (kind === "stall") return { kind, atMs, ms: draw.pick([500, 30_000, 600_000]) };
    if (kind === "epoch") return { kind, atMs, ms: draw.pick([3_600_000, -3_600_000]) };
    const { id, tokensPerMinute } = draw.pick(targets);
    return {
      kind,
      atMs,
      targetId: id,
      tokensPerMinute: Math.round(tokensPerMinute * draw.pick([0, 0.1, 0.5, 2, 10])),
      polledAfterMs: draw.maybe(0.7, () => draw.pick([0, 30_000])),
    };
  });
}

function operationsOf(draw: Draw, targets: readonly PlannedTarget[]): readonly Happening[] {
  return Array.from({ length: draw.pick([0, 0, 1, 2]) }, (): Happening => {
    const { accountId } = draw.pick(targets);
    const kind = draw.pick(["drain", "remove"] as const);
    return { kind, atMs: draw.int(0, lengthMs / 1_000) * 1_000, accountId, forMs: draw.pick([10, 5_000, 40_000]) };
  });
}
