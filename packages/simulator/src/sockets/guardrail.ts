import { type JsonObject, listOf, objectOf } from "./json-object.ts";
import { headerOf, type WireRequest } from "./wire-request.ts";

/** A guardrail of one account and Region. */
export interface SimulatedGuardrail {
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
  /** The id; its ARN names it too. */
  readonly id: string;
  /** Default: `DRAFT` and `1`. */
  readonly versions?: readonly string[];
  /** Words it does not let pass, in any case. Default: none. */
  readonly blockedWords?: readonly string[];
  /** What it puts in place of a text it blocks. */
  readonly blockedMessage?: string;
}

/** What a call says of the guardrail it wants. */
export interface WantedGuardrail {
  /** Id or ARN. */
  readonly id: string;
  readonly version: string;
}

/** Where a call is made. */
export interface GuardrailPlace {
  readonly accountId: string;
  readonly region: string;
}

/** Guardrails by account, Region and id. */
export class Guardrails {
  readonly #byArn: ReadonlyMap<string, SimulatedGuardrail>;

  constructor(guardrails: readonly SimulatedGuardrail[]) {
    this.#byArn = new Map(guardrails.map((guardrail) => [arnOf(guardrail, guardrail.id), guardrail]));
  }

  /** The guardrail, if this account has it in this Region in this version. */
  find(place: GuardrailPlace, { id, version }: WantedGuardrail): SimulatedGuardrail | undefined {
    const guardrail = this.#byArn.get(id.startsWith("arn:") ? id : arnOf(place, id));
    if (guardrail?.accountId !== place.accountId || guardrail.region !== place.region) return undefined;
    return (guardrail.versions ?? ["DRAFT", "1"]).includes(version) ? guardrail : undefined;
  }
}

/** The ARN of a guardrail. */
export function arnOf({ accountId, region }: GuardrailPlace, id: string): string {
  return `arn:aws:bedrock:${region}:${accountId}:guardrail/${id}`;
}

/**
 * The guardrail a generating call wants: Converse says it in its body, the other operations of bedrock-runtime in
 * headers. Undefined: none.
 * Source: Bedrock API reference, "Converse" and "InvokeModel" (2026-11-22).
 */
export function wantedGuardrail(body: JsonObject, request: WireRequest): WantedGuardrail | undefined {
  const config = objectOf(body["guardrailConfig"]);
  const id = config["guardrailIdentifier"] ?? headerOf(request, "x-amzn-bedrock-guardrailidentifier");
  const version = config["guardrailVersion"] ?? headerOf(request, "x-amzn-bedrock-guardrailversion") ?? "DRAFT";
  return typeof id === "string" && typeof version === "string" ? { id, version } : undefined;
}

/** Characters that make one text unit. Source: Amazon Bedrock pricing, "Guardrails" (2026-11-22). */
const unitCharacters = 1_000;

/** The answer of ApplyGuardrail. Source: Bedrock API reference, "ApplyGuardrail" (2026-11-22); the SDK is the judge. */
export function applyGuardrail(guardrail: SimulatedGuardrail, body: JsonObject): object {
  const texts = listOf(body["content"]).map((block) => objectOf(objectOf(block)["text"])["text"]);
  const said = texts.filter((text) => typeof text === "string").join("\n");
  const found = (guardrail.blockedWords ?? []).filter((word) => said.toLowerCase().includes(word.toLowerCase()));
  const units = Math.ceil(said.length / unitCharacters);
  const usage = {
    topicPolicyUnits: 0,
    contentPolicyUnits: 0,
    wordPolicyUnits: units,
    sensitiveInformationPolicyUnits: 0,
    sensitiveInformationPolicyFreeUnits: 0,
    contextualGroundingPolicyUnits: 0,
  };
  if (found.length === 0) return { usage, action: "NONE", outputs: [], assessments: [{}], guardrailCoverage: {} };
  const customWords = found.map((match) => ({ match, action: "BLOCKED", detected: true }));
  return {
    usage,
    action: "GUARDRAIL_INTERVENED",
    actionReason: "Guardrail blocked.",
    outputs: [{ text: guardrail.blockedMessage ?? "Sorry, the model cannot answer this question." }],
    assessments: [{ wordPolicy: { customWords, managedWordLists: [] } }],
    guardrailCoverage: { textCharacters: { guarded: said.length, total: said.length } },
  };
}
