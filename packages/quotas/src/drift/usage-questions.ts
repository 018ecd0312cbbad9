import type { MonitoringRole, QuotaPlace } from "@shardrock/core";
import { queriesPerRequest, type UsageQuery } from "../reader/aws-reader.ts";
import { placeKey } from "../reader/place-key.ts";
import type { MeteredQuota } from "./metered-quotas.ts";
import { queriesOf } from "./usage-count.ts";

/** One request, and the quotas its answer speaks of. The place may be in the account that all share their metrics with. */
export interface UsageQuestion {
  readonly place: QuotaPlace;
  readonly queries: readonly UsageQuery[];
  readonly quotas: readonly MeteredQuota[];
}

export interface QuestionRules {
  readonly monitoring: MonitoringRole | undefined;
  readonly isMissing: (quota: MeteredQuota) => boolean;
}

/** As few requests as ask for every quota, none of them split. */
export function questionsFor(
  quotas: readonly MeteredQuota[],
  { monitoring, isMissing }: QuestionRules,
): readonly UsageQuestion[] {
  const open = new Map<string, Asking>();
  const asked: Asking[] = [];
  for (const quota of quotas) {
    const { region, accountId } = quota.place;
    const place = monitoring === undefined ? quota.place : { accountId: monitoring.id, region };
    const queries = queriesOf(quota, {
      isMissing: isMissing(quota),
      accountId: monitoring === undefined ? undefined : accountId,
    });
    const name = placeKey(place);
    let question = open.get(name);
    if (question === undefined || question.queries.length + queries.length > queriesPerRequest) {
      question = { place, queries: [], quotas: [] };
      open.set(name, question);
      asked.push(question);
    }
    question.queries.push(...queries);
    question.quotas.push(quota);
  }
  return asked;
}

interface Asking extends UsageQuestion {
  readonly queries: UsageQuery[];
  readonly quotas: MeteredQuota[];
}
