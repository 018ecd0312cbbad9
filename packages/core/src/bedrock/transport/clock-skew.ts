import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { type Clock, epochMsOf } from "../../clock.ts";

/** What AWS forgives is 5 minutes; the SDK mends from here on. In ms. */
const leastSkewMs = 240_000;

/** The part of a client that knows how far the local clock is off. */
export type SkewedConfig = Pick<BedrockRuntimeClient["config"], "systemClockOffset">;

export interface SkewEvidence {
  readonly config: SkewedConfig;
  /** As it was when the request was signed. */
  readonly offsetMs: number;
  /** The answer's `Date` header. */
  readonly date: string | undefined;
  readonly clock: Clock;
}

/**
 * Sets a client's clock right by a refusal's `Date`, which the SDK does itself for every answer but those to operations
 * marked as event streams; whether ConverseStream is marked differs between its versions (3.1163 forgets to).
 * @returns true when the request was signed minutes off, so that the same one can succeed now.
 * Source: `hasEventStreamOutput` in AwsSdkSigV4Signer of @aws-sdk/core 3.981 (read 2026-11-22).
 */
export function correctSkew({ config, offsetMs, date, clock }: SkewEvidence): boolean {
  const serverMs = date === undefined ? undefined : epochMsOf(date);
  if (serverMs === undefined) return false;
  const trueOffsetMs = serverMs - clock.epochMs();
  if (Math.abs(trueOffsetMs - offsetMs) < leastSkewMs) return false;
  config.systemClockOffset = trueOffsetMs;
  return true;
}
