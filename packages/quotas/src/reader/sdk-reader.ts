import { type InferenceProfileSummary, ListInferenceProfilesCommand } from "@aws-sdk/client-bedrock";
import {
  ListAWSDefaultServiceQuotasCommand,
  ListServiceQuotasCommand,
  type ServiceQuota,
} from "@aws-sdk/client-service-quotas";
import type { Asked, AwsReader, Page, ProfileRow, QuotaRow, UsageQuery, UsageSeries, UsageSpan } from "./aws-reader.ts";
import { ClientsByPlace, type PlaceClientsOptions } from "./place-clients.ts";
import { readUsage } from "./read-usage.ts";

export interface SdkReaderOptions extends PlaceClientsOptions {
  /** Whether application inference profiles are listed too, after those of AWS. Not unless told. */
  readonly withApplicationProfiles?: (() => boolean) | undefined;
}

/**
 * Most rows AWS gives in one page.
 * Source: API references of Service Quotas (`MaxResults` 1 to 100) and Bedrock (`maxResults` 1 to 1000), read 2026-11-22.
 */
export const quotasPerPage: number = 100;
export const profilesPerPage: number = 1_000;

const serviceCode = "bedrock";

/** AWS, by its own clients. Nothing is tried again here. */
export class SdkReader implements AwsReader {
  readonly #clients: ClientsByPlace;
  readonly #withApplicationProfiles: () => boolean;

  constructor({ withApplicationProfiles = () => false, ...options }: SdkReaderOptions) {
    this.#clients = new ClientsByPlace(options);
    this.#withApplicationProfiles = withApplicationProfiles;
  }

  async appliedQuotas({ place, page, signal }: Asked): Promise<Page<QuotaRow>> {
    const command = new ListServiceQuotasCommand({
      ServiceCode: serviceCode,
      MaxResults: quotasPerPage,
      NextToken: page,
      QuotaAppliedAtLevel: "ACCOUNT",
    });
    const { Quotas, NextToken } = await this.#clients.of(place).serviceQuotas.send(command, { abortSignal: signal });
    return quotaPage(Quotas, NextToken);
  }

  async defaultQuotas({ place, page, signal }: Asked): Promise<Page<QuotaRow>> {
    const command = new ListAWSDefaultServiceQuotasCommand({
      ServiceCode: serviceCode,
      MaxResults: quotasPerPage,
      NextToken: page,
    });
    const { Quotas, NextToken } = await this.#clients.of(place).serviceQuotas.send(command, { abortSignal: signal });
    return quotaPage(Quotas, NextToken);
  }

  /** First all of AWS's profiles, then where they are wanted the account's own. */
  async profiles({ place, page, signal }: Asked): Promise<Page<ProfileRow>> {
    const { type, token } = readCursor(page);
    const command = new ListInferenceProfilesCommand({
      typeEquals: type === "system" ? "SYSTEM_DEFINED" : "APPLICATION",
      maxResults: profilesPerPage,
      nextToken: token,
    });
    const { inferenceProfileSummaries, nextToken } = await this.#clients
      .of(place)
      .bedrock.send(command, { abortSignal: signal });
    const rows = (inferenceProfileSummaries ?? []).flatMap(profileRow);
    if (nextToken !== undefined) return { rows, next: `${type} ${nextToken}` };
    return { rows, next: type === "system" && this.#withApplicationProfiles() ? "application" : undefined };
  }

  async usage(queries: readonly UsageQuery[], span: UsageSpan, asked: Asked): Promise<readonly UsageSeries[]> {
    return readUsage(this.#clients.of(asked.place).cloudWatch, { queries, span, signal: asked.signal });
  }
}

function quotaPage(quotas: readonly ServiceQuota[] = [], next: string | undefined): Page<QuotaRow> {
  const rows = quotas.flatMap(quotaRow);
  const codes = new Set(rows.map(({ code }) => code));
  const unread = quotas.flatMap(({ QuotaCode }) => (QuotaCode === undefined || codes.has(QuotaCode) ? [] : QuotaCode));
  return { rows, next, unread };
}

function quotaRow(quota: ServiceQuota): readonly QuotaRow[] {
  const { QuotaCode: code, QuotaName: name, Value: value, Adjustable, GlobalQuota, ErrorReason } = quota;
  if (code === undefined || name === undefined || ErrorReason !== undefined) return [];
  if (value === undefined || !(value >= 0 && value < Number.POSITIVE_INFINITY)) return [];
  return [{ code, name, value, isAdjustable: Adjustable === true, isGlobal: GlobalQuota === true }];
}

function profileRow(profile: InferenceProfileSummary): readonly ProfileRow[] {
  const { inferenceProfileId, inferenceProfileArn, models, status, type } = profile;
  const id = type === "APPLICATION" ? inferenceProfileArn : inferenceProfileId;
  if (id === undefined) return [];
  const modelArns = (models ?? []).flatMap(({ modelArn }) => modelArn ?? []);
  return [{ id, type: type === "APPLICATION" ? "application" : "system", isActive: status === "ACTIVE", modelArns }];
}

/** Which list a page belongs to, and AWS's own token for it. */
function readCursor(page: string | undefined): {
  readonly type: "system" | "application";
  readonly token: string | undefined;
} {
  if (page === undefined) return { type: "system", token: undefined };
  const [type, ...token] = page.split(" ");
  return { type: type === "application" ? type : "system", token: token.length === 0 ? undefined : token.join(" ") };
}
