import { type QuotaHost, ShardrockError } from "@shardrock/core";
import { type DriftOptions, driftRules } from "./drift/drift-options.ts";
import type { AwsReader } from "./reader/aws-reader.ts";

/** How limits are read. All have a default. */
export interface ServiceQuotasOptions {
  /** How often each account and Region is read, in ms, 1,000 up; default 600,000. */
  readonly pollMs?: number | undefined;
  /** Quotas that could not be read for longer are used at 0.8 of them, in ms, above 0; default 86,400,000 (a day). */
  readonly maxQuotaAgeMs?: number | undefined;
  /** Longest that calls wait for the first reading, in ms, 0 up; default 30,000. */
  readonly readyMs?: number | undefined;
  /** How many accounts and Regions are read at the same time, a whole number from 1 up; default 32. */
  readonly placesAtOnce?: number | undefined;
  /** Where quotas and profiles that were read are kept, so that the next start needs no AWS. Nowhere unless told; one for each client. No secrets are in it. */
  readonly file?: string | undefined;
  /** How limits are corrected by what others use of the accounts; false: not at all. */
  readonly drift?: DriftOptions | false | undefined;
  /** How often others' use is looked at, in ms, 1,000 up; default 60,000. */
  readonly driftPollMs?: number | undefined;
  /** Stands in for AWS: for tests, virtual time, or limits kept elsewhere. */
  readonly reader?: ((host: QuotaHost) => AwsReader) | undefined;
}

/** The same, checked, with the defaults filled in. */
export interface QuotaRules {
  readonly pollMs: number;
  readonly maxQuotaAgeMs: number;
  readonly readyMs: number;
  readonly placesAtOnce: number;
  readonly file: string | undefined;
  readonly drift: DriftOptions | undefined;
  readonly driftPollMs: number;
  readonly reader: ((host: QuotaHost) => AwsReader) | undefined;
}

/** @throws {ShardrockError} `option-invalid` naming the option, its rule and the value. */
export function quotaRules(options: ServiceQuotasOptions): QuotaRules {
  demandKnown(options);
  const { pollMs = 600_000, driftPollMs = 60_000, maxQuotaAgeMs = 86_400_000, readyMs = 30_000 } = options;
  const { placesAtOnce = 32, file, drift = {}, reader } = options;
  demandMs("pollMs", pollMs, 1_000);
  demandMs("driftPollMs", driftPollMs, 1_000);
  demandMs("maxQuotaAgeMs", maxQuotaAgeMs, 1);
  demandMs("readyMs", readyMs, 0);
  if (!Number.isInteger(placesAtOnce) || placesAtOnce < 1) {
    fail("placesAtOnce must be a whole number from 1 up", placesAtOnce);
  }
  if (file !== undefined && (typeof file !== "string" || file === "")) fail("file must be a path", file);
  if (reader !== undefined && typeof reader !== "function") fail("reader must be a function", reader);
  if (drift !== false) driftRules(drift);
  const rules = { pollMs, driftPollMs, maxQuotaAgeMs, readyMs, placesAtOnce, file, reader };
  return { ...rules, drift: drift === false ? undefined : drift };
}

const known: ReadonlySet<string> = new Set([
  "pollMs",
  "maxQuotaAgeMs",
  "readyMs",
  "placesAtOnce",
  "file",
  "drift",
  "driftPollMs",
  "reader",
] satisfies readonly (keyof ServiceQuotasOptions)[]);

function demandKnown(options: ServiceQuotasOptions): void {
  const unknown = Object.keys(options).find((name) => !known.has(name));
  if (unknown === undefined) return;
  fail(`serviceQuotas() has the options ${[...known].join(", ")}`, unknown.slice(0, 64));
}

function demandMs(name: string, ms: unknown, least: number): void {
  const isMet = typeof ms === "number" && ms >= least && ms < Number.POSITIVE_INFINITY;
  if (!isMet) fail(`${name} must be a finite number of ms from ${least} up`, ms);
}

function fail(rule: string, value: unknown): never {
  throw new ShardrockError("option-invalid", `${rule}, got ${JSON.stringify(value) ?? String(value)}`);
}
