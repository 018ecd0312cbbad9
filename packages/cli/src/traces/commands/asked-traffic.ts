import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { CommandContext } from "../../command-line/command-context.ts";
import type { CommandInput } from "../../command-line/command-input.ts";
import { UsageError } from "../../command-line/usage-error.ts";
import { shapeNames } from "../synthetic/shape-names.ts";
import { logNormalProblem, type SizeDistribution } from "../synthetic/size-distribution.ts";
import { type TrafficProfile, trafficProfileSchema } from "../synthetic/traffic-profile.ts";

const usualDurationMs = 3_600_000;

/**
 * The traffic that `trafficOptions` ask for.
 * @throws {UsageError} saying which option is missing or wrong.
 */
export async function askedTraffic(input: CommandInput, context: CommandContext): Promise<TrafficProfile> {
  const file = input.text("profile");
  const fitted = file === undefined ? undefined : await readProfile(context.pathOf(file), file);
  const maximum = input.number("max-tokens", { from: 1, upTo: 1e9, isWhole: true });
  const maxTokens = maximum === undefined ? fitted?.maxTokens : always(maximum);
  return {
    profile: "shardrock-traffic/1",
    callsPerSecond: input.number("rps", { above: 0, upTo: 1e6 }) ?? fitted?.callsPerSecond ?? missing("rps"),
    durationMs: input.durationMs("duration") ?? fitted?.durationMs ?? usualDurationMs,
    shape: input.choice("shape", shapeNames) ?? fitted?.shape ?? "steady",
    gapVariation: fitted?.gapVariation ?? 1,
    input: sizesOf("input", input) ?? fitted?.input ?? missing("input"),
    output: sizesOf("output", input) ?? fitted?.output ?? missing("output"),
    ...(maxTokens !== undefined && { maxTokens }),
    models: sharesOf("model", input) ?? fitted?.models ?? {},
    tenants: sharesOf("tenant", input) ?? fitted?.tenants ?? {},
  };
}

/** @throws {UsageError} when the file holds no profile. */
async function readProfile(path: string, name: string): Promise<TrafficProfile> {
  const text = await readFile(path, "utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${name}: expected a profile as \`shardrock fit\` writes it, found no JSON`, { cause });
  }
  const parsed = trafficProfileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${name}: expected a profile as \`shardrock fit\` writes it:\n${z.prettifyError(parsed.error)}`);
}

function missing(option: string): never {
  throw new UsageError(`--${option} is missing; it is needed unless --profile gives it`);
}

function always(size: number): NonNullable<TrafficProfile["maxTokens"]> {
  return { share: 1, size: { kind: "quantiles", mean: size, p95: size, points: [[0, size], [1, size]] } }; // prettier-ignore
}

function sizesOf(option: "input" | "output", input: CommandInput): SizeDistribution | undefined {
  const [mean, p95] = input.numbers(option, { from: 1, upTo: 1e7, count: 2 }) ?? [];
  if (mean === undefined || p95 === undefined) return undefined;
  const problem = logNormalProblem(mean, p95);
  if (problem !== undefined) throw new UsageError(`--${option} must have ${problem}`);
  return { kind: "log-normal", mean, p95 };
}

/** `chat`, or `chat=3,code=1`. */
function sharesOf(option: "model" | "tenant", input: CommandInput): Readonly<Record<string, number>> | undefined {
  const text = input.text(option);
  if (text === undefined) return undefined;
  const shares = new Map<string, number>();
  for (const part of text.split(",")) {
    const [, name = "", share] = /^\s*(.+?)\s*(?:=\s*(\d+(?:\.\d+)?))?\s*$/.exec(part) ?? [];
    // What follows `=` was meant as a share, even if it is none.
    if (name === "" || !(Number(share ?? 1) > 0) || (share === undefined && name.includes("="))) {
      throw new UsageError(
        `--${option} must be a name, or names with shares such as a=3,b=1, got ${JSON.stringify(text)}`,
      );
    }
    shares.set(name, Number(share ?? 1));
  }
  return Object.fromEntries(shares);
}
