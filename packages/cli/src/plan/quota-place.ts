/** What the key of a minute quota says. */
export interface QuotaPlace {
  readonly accountId: string;
  readonly region: string;
  /** The foundation model's id, or the ARN of what has quotas of its own. */
  readonly modelId: string;
  /** `on-demand`, `geo`, `global` or `dedicated`. */
  readonly scope: string;
}

/** Takes apart `account/Region/endpoint/model/scope/unit/minute`; ARNs have slashes, so it is read from both ends. */
export function quotaPlaceOf(key: string): QuotaPlace {
  const parts = key.split("/");
  const [accountId = "", region = ""] = parts;
  return { accountId, region, modelId: parts.slice(3, -3).join("/"), scope: parts.at(-3) ?? "" };
}
