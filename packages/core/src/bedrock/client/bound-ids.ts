import type { Target } from "../../budget/target.ts";
import { isRecord } from "../config/plain-data.ts";
import { type Binding, type BoundIds, nothingBound, type Substitution, together, type UnplacedId } from "./binding.ts";
import type { CommandKind } from "../transport/command-kind.ts";
import { unplacedGuardrail } from "./guardrail-id.ts";
import { placeOfArn } from "./resource-arn.ts";
import type { ResourceIds } from "./resource-ids.ts";
import { type S3Location, s3LocationsInBody, s3LocationsInMessages } from "./s3-locations.ts";
import { withValueAt } from "./with-value-at.ts";

export interface BoundIdsOptions {
  readonly resources: ResourceIds;
  /** Ids of the config's accounts. */
  readonly accounts: ReadonlyMap<string, unknown>;
}

/** Everything in a command's input, its model aside, that exists in some accounts only. Reads no text. */
export function boundIds({ api }: CommandKind, input: object, options: BoundIdsOptions): BoundIds {
  const fields: Readonly<Record<string, unknown>> = { ...input };
  switch (api) {
    case "converse": {
      const { guardrailConfig, messages } = fields;
      const guardrail = isRecord(guardrailConfig) ? guardrailConfig["guardrailIdentifier"] : undefined;
      const path = ["guardrailConfig", "guardrailIdentifier"];
      return together(ofGuardrail(guardrail, path, options), ofMessages(messages, ["messages"], options));
    }
    case "invoke": {
      const { guardrailIdentifier, body } = fields;
      const guardrail = ofGuardrail(guardrailIdentifier, ["guardrailIdentifier"], options);
      return together(guardrail, ofBody(body, ["body"], options));
    }
    case "count":
      return ofCounted(fields["input"], options);
    case "guardrail":
      return nothingBound;
    default:
      return api satisfies never;
  }
}

/** A guardrail: by its ARN, by a name of `resources`, or by an id that means another guardrail, or none, elsewhere. */
function ofGuardrail(id: unknown, path: Substitution["path"], { resources }: BoundIdsOptions): BoundIds {
  if (typeof id !== "string" || id === "") return nothingBound;
  if (resources.has(id)) {
    const valueAt = (target: Target): unknown => resources.idAt(id, target) ?? id;
    return { ...nothingBound, bindings: [resources.binding(id, "guardrail")], substitutions: [{ path, valueAt }] };
  }
  const place = placeOfArn(id);
  return place === undefined
    ? { ...nothingBound, unplaced: [unplacedGuardrail(id)] }
    : { ...nothingBound, bindings: [{ by: `guardrail ${id}`, places: [place] }] };
}

function ofCounted(counted: unknown, options: BoundIdsOptions): BoundIds {
  const { converse, invokeModel } = isRecord(counted) ? counted : {};
  if (isRecord(converse)) return ofMessages(converse["messages"], ["input", "converse", "messages"], options);
  if (isRecord(invokeModel)) return ofBody(invokeModel["body"], ["input", "invokeModel", "body"], options);
  return nothingBound;
}

function ofMessages(messages: unknown, path: Substitution["path"], options: BoundIdsOptions): BoundIds {
  const locations = s3LocationsInMessages(messages, path);
  return locations.length === 0 ? nothingBound : ofLocations(locations, options);
}

/** A body is text or bytes, so what is replaced in it is the whole of it; it stays what it was. */
function ofBody(body: unknown, path: Substitution["path"], options: BoundIdsOptions): BoundIds {
  const found = s3LocationsInBody(body);
  if (found === undefined) return nothingBound;
  const bound = ofLocations(found.locations, options);
  if (bound.substitutions.length === 0) return bound;
  const valueAt = (target: Target): unknown => {
    let copy: unknown = found.parsed;
    for (const inner of bound.substitutions) copy = withValueAt(copy, inner.path, inner.valueAt(target));
    const json = JSON.stringify(copy);
    return typeof body === "string" ? json : Buffer.from(json);
  };
  return { ...bound, substitutions: [{ path, valueAt }] };
}

function ofLocations(locations: readonly S3Location[], { resources, accounts }: BoundIdsOptions): BoundIds {
  const bindings = new Map<string, Binding>();
  const unplaced = new Map<string, UnplacedId>();
  const substitutions: Substitution[] = [];
  for (const { bucket, path, value } of locations) {
    const owner = value["bucketOwner"];
    const by = `bucket ${bucket} of account ${String(owner)}`;
    if (resources.has(bucket)) {
      bindings.set(bucket, resources.binding(bucket, "bucket"));
      substitutions.push({ path, valueAt: (target) => mapped(value, { bucket, target, resources }) });
    } else if (owner === undefined || owner === "") unplaced.set(bucket, unplacedBucket(bucket));
    // Somebody else's bucket is reached from any account that its policy lets in.
    else if (typeof owner === "string" && accounts.has(owner)) bindings.set(by, { by, places: [{ accountId: owner }] });
  }
  return { bindings: [...bindings.values()], unplaced: [...unplaced.values()], substitutions };
}

function unplacedBucket(bucket: string): UnplacedId {
  const remedy =
    "give s3Location its bucketOwner, or use a name that resources in the config maps to each account's bucket";
  return { what: `bucket ${bucket}`, scope: "account", remedy };
}

/** The same file in the bucket that the target's account has under that name. */
function mapped(
  value: S3Location["value"],
  { bucket, target, resources }: { readonly bucket: string; readonly target: Target; readonly resources: ResourceIds },
): unknown {
  const uri = String(value["uri"]);
  const there = `s3://${resources.idAt(bucket, target) ?? bucket}${uri.slice("s3://".length + bucket.length)}`;
  return { ...value, uri: there, ...(value["bucketOwner"] !== undefined && { bucketOwner: target.accountId }) };
}
