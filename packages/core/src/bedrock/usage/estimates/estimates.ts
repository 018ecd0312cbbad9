import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { Clock } from "../../../clock.ts";
import { ShardrockError } from "../../../errors.ts";
import type { Json } from "../../../json.ts";
import type { MaxTokensConfig } from "../../config/max-tokens.ts";
import { type Fleet, servedModel, type ServedModel } from "../../fleet/served-model.ts";
import { rulesOf } from "../request/family-rules.ts";
import { TokenRatio } from "../token-ratio.ts";
import { LengthEstimate } from "./length-estimate.ts";
import { type MaxTokensAdvice, maxTokensAdvice } from "./max-tokens-advice.ts";
import { type EndedLength, OutputLengths } from "./output-lengths.ts";

/** Most tenants remembered, each with each model it uses; the one unused for longest is forgotten first. */
const mostTenants = 1_000;

/** Calls that name no tenant are this one's. */
const unnamed = "default";

const usualRisks: readonly number[] = [0.01, 0.001];

export interface EstimatesOptions {
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly maxTokens: MaxTokensConfig;
  /** Length of the minute AWS is taken to count in, in ms. */
  readonly minuteMs: number;
}

/** What is asked of `maxTokensAdvice`. */
export interface MaxTokensAdviceOptions {
  /** A name of the config; all models unless told. */
  readonly model?: string | undefined;
  /** Only the calls of this tenant, `"default"` for those that name none; all calls together unless told. */
  readonly tenant?: string | undefined;
  /** Shares of answers that may be cut, each above 0 and below 1; 0.01 and 0.001 unless told. */
  readonly risks?: readonly number[] | undefined;
}

/** How much of a state could be read. */
export interface StateReading {
  /** Models and tenants that go on from what was learnt. */
  readonly restored: number;
  /** Those that do not: of another version, broken, or of a model that the config does not have any more. */
  readonly ignored: number;
}

/** What another config may change. */
export type EstimateRules = Pick<EstimatesOptions, "fleet" | "maxTokens">;

/** What is learnt of a model, by all its calls or by those of one tenant. */
interface Estimate {
  readonly model: ServedModel;
  /** Undefined: all calls. */
  readonly tenant: string | undefined;
  readonly ratio: TokenRatio;
  readonly answers: LengthEstimate;
}

/**
 * What calls teach of each model, and of each tenant that calls name: how many tokens text makes, how far estimates
 * are off, how long answers are. One for every way into Bedrock of a process. Numbers only, never content.
 */
export class Estimates {
  #options: EstimatesOptions;
  readonly #models = new Map<string, Estimate>();
  readonly #tenants = new LRUCache<string, Estimate>({ max: mostTenants });

  constructor(options: EstimatesOptions) {
    this.#options = options;
  }

  /** Another config is in force: what was learnt of models that stay what they are stays, by all and by each tenant. */
  change(rules: EstimateRules): void {
    this.#options = { ...this.#options, ...rules };
    const isGone = ({ model }: Estimate): boolean => rules.fleet.models.get(model.name)?.family !== model.family;
    for (const [name, estimate] of this.#models) if (isGone(estimate)) this.#models.delete(name);
    const goneTenants = [...this.#tenants.entries()].filter(([, estimate]) => isGone(estimate));
    for (const [key] of goneTenants) this.#tenants.delete(key);
  }

  /** Tokens per byte of text to hold, above 0: the tenant's own, when it has taught one. */
  tokensPerByte(model: ServedModel, tenant?: string): number {
    const own = isNamed(tenant) ? this.#tenants.get(keyOf(model, tenant)) : undefined;
    return (own?.ratio.isTaught ? own : this.#whole(model)).ratio.tokensPerByte;
  }

  /** A call of text only turned so many bytes into so many tokens. */
  learnText(
    model: ServedModel,
    tenant: string | undefined,
    { bytes, tokens }: Readonly<Record<"bytes" | "tokens", number>>,
  ): void {
    this.#whole(model).ratio.learn(bytes, tokens);
    if (isNamed(tenant)) this.#of(model, tenant).ratio.learn(bytes, tokens);
  }

  /** A call ended well, for a reason that is known. */
  learnLength(model: ServedModel, tenant: string | undefined, ended: EndedLength): void {
    const nowMs = this.#options.clock.monotonicMs();
    this.#whole(model).answers.learn(ended, nowMs);
    this.#of(model, tenant ?? unnamed).answers.learn(ended, nowMs);
  }

  /**
   * The max_tokens to fill in where none is set, by the tenant's own answers: what others ask for says nothing of
   * them. Undefined: the policy is off, too little is known, or the model's maximum is no more.
   */
  filledMaxTokens(model: ServedModel, tenant?: string): number | undefined {
    const { unset, risk } = this.#options.maxTokens;
    if (unset !== "learned") return undefined;
    const maximum = this.#tenants.get(keyOf(model, tenant ?? unnamed))?.answers.maximumAt(risk);
    if (maximum === undefined || maximum >= model.maxOutputTokens) return undefined;
    return model.targets.some(({ modelId }) => isPrompt.test(modelId)) ? undefined : maximum;
  }

  /**
   * What a tighter max_tokens would give back, model by model in the order of the config.
   * @throws {ShardrockError} `model-unknown`, or `option-invalid` for a risk that is no share.
   */
  advice({ model: name, tenant, risks = usualRisks }: MaxTokensAdviceOptions): readonly MaxTokensAdvice[] {
    const { fleet, clock } = this.#options;
    for (const risk of risks) {
      if (risk > 0 && risk < 1) continue;
      throw new ShardrockError("option-invalid", `risks must be numbers above 0 and below 1, got ${risk}`);
    }
    const models = name === undefined ? [...fleet.models.values()] : [servedModel(fleet, name)];
    return models.map((model) => {
      const known = tenant === undefined ? this.#models.get(model.name) : this.#tenants.peek(keyOf(model, tenant));
      return maxTokensAdvice(known?.answers.lengths ?? new OutputLengths(), {
        model: model.name,
        tenant,
        risks,
        callsPerMinute: known?.answers.pace.perMinute(clock.monotonicMs()) ?? 0,
        maxOutputTokens: model.maxOutputTokens,
      });
    });
  }

  /** What was learnt, to go on from after a restart. Names tenants; holds no content. */
  toState(): Json {
    const tenants = [...this.#tenants.values()].toReversed(); // the one used last comes last, and is kept longest
    return { version: 1, estimates: [...this.#models.values(), ...tenants].map(stateOf) };
  }

  /** Goes on from what `toState` told; what cannot be read is ignored. For a process that has learnt nothing yet. */
  fromState(json: unknown): StateReading {
    const { data } = stateSchema.safeParse(json);
    if (data === undefined) return { restored: 0, ignored: 1 };
    const restored = data.estimates.filter((entry) => this.#restore(entry)).length;
    return { restored, ignored: data.estimates.length - restored };
  }

  #restore(entry: unknown): boolean {
    const { data } = entrySchema.safeParse(entry);
    const model = data && this.#options.fleet.models.get(data.model);
    if (data === undefined || model?.family !== data.family) return false;
    const lengths = OutputLengths.fromState(data.lengths);
    if (lengths === undefined) return false;
    const { ratio, answers } = data.tenant === undefined ? this.#whole(model) : this.#of(model, data.tenant);
    if (!ratio.restore(data.ratio)) return false;
    answers.restore(lengths);
    return true;
  }

  #whole(model: ServedModel): Estimate {
    const known = this.#models.get(model.name);
    if (known !== undefined) return known;
    const made = this.#made(model, undefined, rulesOf(model.family).tokensPerByte);
    this.#models.set(model.name, made);
    return made;
  }

  #of(model: ServedModel, tenant: string): Estimate {
    const key = keyOf(model, tenant);
    const known = this.#tenants.get(key);
    if (known !== undefined) return known;
    const made = this.#made(model, tenant, this.#whole(model).ratio.tokensPerByte);
    this.#tenants.set(key, made);
    return made;
  }

  #made(model: ServedModel, tenant: string | undefined, tokensPerByte: number): Estimate {
    const answers = new LengthEstimate(this.#options.minuteMs);
    return { model, tenant, ratio: new TokenRatio(tokensPerByte), answers };
  }
}

const stateSchema = z.object({ version: z.literal(1), estimates: z.array(z.unknown()) });
const entrySchema = z.object({
  model: z.string(),
  /** What a name serves may change with the config. */
  family: z.string(),
  tenant: z.string().optional(),
  ratio: z.unknown(),
  lengths: z.unknown(),
});

function stateOf({ model, tenant, ratio, answers }: Estimate): Json {
  const { name, family } = model;
  const learnt = { ratio: ratio.toState(), lengths: answers.lengths.toState() };
  return { model: name, family, ...(tenant !== undefined && { tenant }), ...learnt };
}

/**
 * A prompt that AWS keeps says its own maximum, and a call of it may not.
 * Source: AWS, API reference, Converse, `modelId` (read 2026-11-22).
 */
const isPrompt = /^arn:[^:]*:bedrock:[^:]*:\d*:prompt\//;

function isNamed(tenant: string | undefined): tenant is string {
  return tenant !== undefined && tenant !== unnamed;
}

/** Names of models have no line ends. */
function keyOf({ name }: ServedModel, tenant: string): string {
  return `${name}\n${tenant}`;
}
