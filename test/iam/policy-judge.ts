/** The part of IAM's grammar that generated policies use. */
export interface JudgedStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface JudgedPolicy {
  readonly Statement: readonly JudgedStatement[];
}

/** One permission that AWS checks for a call. */
export interface Check {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

/** Whether policies of an identity let a check pass: some statement allows it and none denies it. */
export function allows(policies: readonly JudgedPolicy[], check: Check): boolean {
  const speaking = policies.flatMap(({ Statement }) => Statement).filter((statement) => speaksOf(statement, check));
  return speaking.some(({ Effect }) => Effect === "Allow") && !speaking.some(({ Effect }) => Effect === "Deny");
}

/** Whether a policy of an organization denies a check. */
export function denies(policy: JudgedPolicy, check: Check): boolean {
  return policy.Statement.some((statement) => statement.Effect === "Deny" && speaksOf(statement, check));
}

function speaksOf(
  { Action, Resource, Condition = {} }: JudgedStatement,
  { action, resource, context }: Check,
): boolean {
  const isMeant = Action.some((each) => isLike(each, action)) && Resource.some((each) => isLike(each, resource));
  return (
    isMeant &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, [values].flat(), context[key])),
    )
  );
}

/** A negated operator holds where the key is missing; the others do not. */
function holds(operator: string, values: readonly string[], value: string | undefined): boolean {
  switch (operator) {
    case "StringEquals":
      return value !== undefined && values.includes(value);
    case "StringNotEquals":
      return value === undefined || !values.includes(value);
    case "StringLike":
      return value !== undefined && values.some((each) => isLike(each, value));
    case "ArnNotLike":
      return value === undefined || !values.some((each) => isLike(each, value));
    default:
      throw new Error(`nobody judges ${operator}`);
  }
}

function isLike(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(text);
}

/**
 * What AWS checks for a call to a profile or a model; every one must pass.
 * Source: AWS, "Geographic cross-Region inference" and "Global cross-Region inference" (read 2026-11-23).
 */
export function checksOf(call: {
  readonly accountId: string;
  readonly region: string;
  readonly modelId: string;
  readonly baseModelId: string;
  /** Where it runs; undefined: where it is called. A global one is checked in no Region. */
  readonly runsIn?: string | undefined;
}): readonly Check[] {
  const { accountId, region, modelId, baseModelId, runsIn = region } = call;
  const action = "bedrock:InvokeModel";
  const model = (place: string): string => `arn:aws:bedrock:${place}::foundation-model/${baseModelId}`;
  if (modelId === baseModelId) return [{ action, resource: model(region), context: { "aws:RequestedRegion": region } }];
  const profile = modelId.startsWith("arn:")
    ? modelId
    : `arn:aws:bedrock:${region}:${accountId}:inference-profile/${modelId}`;
  const through = { "bedrock:InferenceProfileArn": profile };
  const isGlobal = modelId.startsWith("global.");
  return [
    { action, resource: profile, context: { "aws:RequestedRegion": region } },
    { action, resource: model(region), context: { "aws:RequestedRegion": region, ...through } },
    isGlobal
      ? { action, resource: model(""), context: { "aws:RequestedRegion": "unspecified", ...through } }
      : { action, resource: model(runsIn), context: { "aws:RequestedRegion": runsIn, ...through } },
  ];
}
