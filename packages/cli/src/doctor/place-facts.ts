import {
  BedrockClient,
  type BedrockClientConfig,
  type GetFoundationModelAvailabilityResponse,
  GetFoundationModelAvailabilityCommand,
  GetModelInvocationLoggingConfigurationCommand,
  type LoggingConfig,
} from "@aws-sdk/client-bedrock";
import type { QuotaHost, QuotaPlace } from "@shardrock/core";
import { type AwsReader, mapRows, type MappedRows, type Page, type ProfileRow, type QuotaRow } from "@shardrock/quotas";
import { type AskingAgain, askedAgain } from "./asked-again.ts";
import type { WatchedDates } from "./watched-dates.ts";

/** Something AWS told, or what it failed with. */
export type Told<Value> =
  { readonly kind: "told"; readonly value: Value } | { readonly kind: "failed"; readonly error: unknown };

/** A quota row, and whether the account was given it or only has what every account has. */
export interface KnownQuotaRow extends QuotaRow {
  readonly isApplied: boolean;
}

/** What AWS tells of one account and Region. */
export interface PlaceFacts {
  readonly place: QuotaPlace;
  readonly quotas: Told<MappedRows<KnownQuotaRow>>;
  readonly profiles: Told<readonly ProfileRow[]>;
  readonly access: ReadonlyMap<string, Told<GetFoundationModelAvailabilityResponse>>;
  readonly logging: Told<LoggingConfig | undefined>;
}

export interface PlaceReading extends AskingAgain {
  readonly host: QuotaHost;
  readonly reader: AwsReader;
  readonly dates: WatchedDates;
  /** Foundation models that are called in the place. */
  readonly models: readonly string[];
}

/** Asks everything about a place at once; what fails is told for itself. */
export async function readPlace(place: QuotaPlace, reading: PlaceReading): Promise<PlaceFacts> {
  const { reader, models, signal } = reading;
  const client = bedrockClient(place, reading);
  const ask = <Value>(asking: () => Promise<Value>): Promise<Told<Value>> => told(askedAgain(asking, reading), signal);
  const access = models.map(
    async (modelId) =>
      [
        modelId,
        await ask(() => client.send(new GetFoundationModelAvailabilityCommand({ modelId }), { abortSignal: signal })),
      ] as const,
  );
  const logging = ask(async () => {
    const answer = await client.send(new GetModelInvocationLoggingConfigurationCommand({}), { abortSignal: signal });
    return answer.loggingConfig;
  });
  const profiles = told(
    allPages((page) => askedAgain(() => reader.profiles({ place, page, signal }), reading)),
    signal,
  );
  const quotas = told(quotaRows(place, reading), signal);
  return {
    place,
    quotas: await quotas,
    profiles: await profiles,
    access: new Map(await Promise.all(access)),
    logging: await logging,
  };
}

/** Rows that were applied count before defaults of the same code. */
async function quotaRows(place: QuotaPlace, reading: PlaceReading): Promise<MappedRows<KnownQuotaRow>> {
  const { reader, signal } = reading;
  const applied = await allPages((page) => askedAgain(() => reader.appliedQuotas({ place, page, signal }), reading));
  const defaults = await allPages((page) => askedAgain(() => reader.defaultQuotas({ place, page, signal }), reading));
  const codes = new Set(applied.map(({ code }) => code));
  return mapRows([
    ...applied.map((row) => ({ ...row, isApplied: true })),
    ...defaults.filter(({ code }) => !codes.has(code)).map((row) => ({ ...row, isApplied: false })),
  ]);
}

/** A list of so many pages is no list. */
const mostPages = 100;

/** Every page of a list. @throws when it has no end. */
export async function allPages<Row>(ask: (page: string | undefined) => Promise<Page<Row>>): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let page: string | undefined;
  for (let count = 0; count < mostPages; count += 1) {
    const answer = await ask(page);
    rows.push(...answer.rows);
    page = answer.next;
    if (page === undefined) return rows;
  }
  throw new Error(`AWS's list has more than ${mostPages} pages`);
}

async function told<Value>(asking: Promise<Value>, signal: AbortSignal): Promise<Told<Value>> {
  try {
    return { kind: "told", value: await asking };
  } catch (error) {
    return { kind: "failed", error: signal.aborted ? signal.reason : error };
  }
}

/** It is never destroyed: that would close the sockets all clients share. */
function bedrockClient(place: QuotaPlace, { host, dates }: PlaceReading): BedrockClient {
  const { endpoints } = host.config;
  const options = host.clientOptions(place);
  const config: BedrockClientConfig = {
    ...options,
    requestHandler: dates.watch(options.requestHandler),
    maxAttempts: 1,
    retryMode: "standard",
    authSchemePreference: ["sigv4"],
    // Else AWS_ENDPOINT_URL in the environment would send signatures elsewhere.
    ignoreConfiguredEndpointUrls: true,
    ...(endpoints.bedrock !== undefined && { endpoint: endpoints.bedrock.replaceAll("{region}", place.region) }),
  };
  return new BedrockClient(config);
}
