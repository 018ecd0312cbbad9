import { ShardrockError } from "@shardrock/core";
import type { MinuteUnit, QuotaPlace } from "@shardrock/core";
import { modelName } from "../mapping/model-name.ts";
import type { IncreaseLoad, IncreasePlan, IncreaseQuota, IncreaseWish } from "./increase-plan.ts";
import { wantedOf } from "./wanted-ceilings.ts";

/** Far above any quota AWS gives, far below where sums lose digits. */
const mostPerMinute = 1e12;
const longestUseCase = 2000;
/** Far more than one plan is ever about: 100 accounts in 40 Regions, or as many quotas as those list. */
const mostWishes = 10_000;
const mostQuotas = 10_000_000;

const unitsOf: Readonly<Record<"runtime" | "mantle", readonly MinuteUnit[]>> = {
  runtime: ["tokens", "requests"],
  mantle: ["inputTokens", "outputTokens"],
};

/** @throws {ShardrockError} `option-invalid` for the first option that breaks its rule. */
export function checkPlan(plan: IncreasePlan): void {
  checkObject("plan", plan);
  const { wishes, quotas, open, desk } = plan;
  checkList("wishes", wishes, mostWishes);
  checkList("quotas", quotas, mostQuotas);
  checkList("open", open, mostQuotas);
  for (const [index, wish] of wishes.entries()) checkWish(`wishes[${index}]`, wish);
  for (const [index, quota] of quotas.entries()) checkQuota(`quotas[${index}]`, quota);
  for (const [index, each] of open.entries()) {
    checkPlace(`open[${index}]`, each);
    checkText(`open[${index}].code`, each.code);
  }
  checkTwice(wishes);
  const isDesk = desk === undefined || (typeof desk?.open === "function" && typeof desk.request === "function");
  demand(isDesk, "desk", { rule: "must have the functions open and request", got: desk });
}

function checkWish(at: string, wish: IncreaseWish): void {
  checkPlace(at, wish);
  const model = typeof wish.modelId === "string" ? modelName(wish.modelId) : undefined;
  demand(model !== undefined, `${at}.modelId`, {
    rule: "must be a foundation model's id such as anthropic.claude-sonnet-4-6, not a profile's and no ARN",
    got: wish.modelId,
  });
  checkOneOf(`${at}.scope`, wish.scope, ["on-demand", "geo", "global"]);
  checkOneOf(`${at}.endpoint`, wish.endpoint ?? "runtime", ["runtime", "mantle"]);
  const isInRegion = wish.endpoint !== "mantle" || wish.scope === "on-demand";
  demand(isInRegion, `${at}.scope`, { rule: "must be on-demand: mantle has no profiles", got: wish.scope });
  checkOneOf(`${at}.variant`, wish.variant ?? "standard", ["standard", "long-context", "latency-optimized"]);
  checkWanted(at, wish);
  checkLoad(`${at}.load`, wish.load);
  const { useCase = "" } = wish;
  const isShort = typeof useCase === "string" && useCase.length <= longestUseCase;
  demand(isShort, `${at}.useCase`, {
    rule: `must be a text of at most ${longestUseCase} characters`,
    got: typeof useCase,
  });
}

function checkWanted(at: string, wish: IncreaseWish): void {
  const wanted = wantedOf(wish);
  demand(wanted.length > 0, at, { rule: "must want a ceiling, such as tokensPerMinute", got: "none" });
  const endpoint = wish.endpoint ?? "runtime";
  for (const { option, unit, to } of wanted) {
    const isWhole = Number.isInteger(to) && to >= 1 && to <= mostPerMinute;
    demand(isWhole, `${at}.${option}`, { rule: `must be a whole number from 1 up to ${mostPerMinute}`, got: to });
    const isCounted = unitsOf[endpoint].includes(unit);
    demand(isCounted, `${at}.${option}`, {
      rule: `must be left out: the ${endpoint} endpoint does not count it`,
      got: to,
    });
  }
}

function checkLoad(at: string, load: IncreaseLoad): void {
  checkObject(at, load);
  const numbers = {
    steadyTokensPerMinute: load.steadyTokensPerMinute,
    peakTokensPerMinute: load.peakTokensPerMinute,
    steadyRequestsPerMinute: load.steadyRequestsPerMinute,
    peakRequestsPerMinute: load.peakRequestsPerMinute,
    averageInputTokens: load.averageInputTokens,
    averageOutputTokens: load.averageOutputTokens,
  };
  for (const [name, value] of Object.entries(numbers)) {
    const isNumber = Number.isFinite(value) && value >= 0 && value <= mostPerMinute;
    demand(isNumber, `${at}.${name}`, { rule: `must be a number from 0 up to ${mostPerMinute}`, got: value });
  }
  for (const [peak, steady] of [
    ["peakTokensPerMinute", "steadyTokensPerMinute"],
    ["peakRequestsPerMinute", "steadyRequestsPerMinute"],
  ] as const) {
    const rule = `must not be below ${steady}, which is ${load[steady]}`;
    demand(load[peak] >= load[steady], `${at}.${peak}`, { rule, got: load[peak] });
  }
}

function checkQuota(at: string, quota: IncreaseQuota): void {
  checkPlace(at, quota);
  checkText(`${at}.code`, quota.code);
  checkText(`${at}.name`, quota.name);
  demand(typeof quota.isAdjustable === "boolean", `${at}.isAdjustable`, {
    rule: "must be true or false",
    got: quota.isAdjustable,
  });
  for (const name of ["applied", "default"] as const) {
    const value = quota[name];
    const isValue = value === undefined || (Number.isFinite(value) && value >= 0);
    demand(isValue, `${at}.${name}`, { rule: "must be a number from 0 up, or left out", got: value });
  }
}

/** Two wishes for one quota contradict each other, or are one. */
function checkTwice(wishes: readonly IncreaseWish[]): void {
  const first = new Map<string, number>();
  for (const [index, wish] of wishes.entries()) {
    const { accountId, region, scope, endpoint = "runtime", variant = "standard" } = wish;
    for (const { option } of wantedOf(wish)) {
      const key = [accountId, region, modelName(wish.modelId), scope, endpoint, variant, option].join("/");
      const before = first.get(key);
      demand(before === undefined, `wishes[${index}].${option}`, {
        rule: "must be wished for once for each model and scope of an account and Region",
        got: `it in wishes[${before}] too`,
      });
      first.set(key, index);
    }
  }
}

function checkPlace(at: string, place: QuotaPlace): void {
  checkObject(at, place);
  const { accountId, region } = place;
  const isAccount = typeof accountId === "string" && /^\d{12}$/.test(accountId);
  demand(isAccount, `${at}.accountId`, { rule: "must be 12 digits in quotes", got: accountId });
  const isRegion = typeof region === "string" && /^[a-z]{2,4}(?:-[a-z]{2,16}){1,3}-\d{1,2}$/.test(region);
  demand(isRegion, `${at}.region`, { rule: "must be a Region such as us-east-1", got: region });
}

function checkObject(at: string, value: object): void {
  demand(typeof value === "object" && value !== null, at, { rule: "must be given as an object", got: value });
}

function checkText(at: string, text: string): void {
  demand(typeof text === "string" && text !== "", at, { rule: "must be a text", got: text });
}

function checkList(at: string, list: readonly unknown[], most: number): void {
  const isList = Array.isArray(list) && list.length <= most;
  demand(isList, at, { rule: `must be a list of at most ${most}`, got: Array.isArray(list) ? list.length : list });
}

function checkOneOf(at: string, value: string, values: readonly string[]): void {
  demand(values.includes(value), at, { rule: `must be one of ${values.join(", ")}`, got: value });
}

function demand(holds: boolean, option: string, { rule, got }: { readonly rule: string; readonly got: unknown }): void {
  if (!holds) throw new ShardrockError("option-invalid", `${option} ${rule}, got ${shown(got)}`);
}

function shown(value: unknown): string {
  const isNamed = (typeof value === "object" && value !== null) || typeof value === "function";
  const text = isNamed ? `some ${typeof value}` : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
