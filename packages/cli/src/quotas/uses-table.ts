import type { CommandContext } from "../command-line/command-context.ts";
import { plainTable } from "../doctor/plain-table.ts";
import type { PlaceQuotas } from "./place-quotas.ts";
import type { QuotaUse } from "./quota-use.ts";

const idle =
  "idle book: this process makes no calls, so all use is that of others, as CloudWatch counted it in the last hour, 5 to 15 minutes late";

/** Limits and use for people, the least headroom first. */
export function usesTable(places: readonly PlaceQuotas[], { colors }: Pick<CommandContext, "colors">): string {
  const uses = places.flatMap((place) => place.uses).toSorted((one, other) => leftOf(one) - leftOf(other));
  const rows = uses.map((use) => [
    use.accountId,
    use.region,
    use.baseModelId,
    use.endpoint === "mantle" ? "mantle" : use.scope,
    words[use.unit],
    use.limit === 0 ? colors.red("0, on hold") : shown(use.limit),
    use.from,
    shown(use.peakPerMinute),
    use.headroom === undefined ? "-" : painted(use.headroom, colors),
    shown(use.throttles),
  ]);
  const unmapped = places.flatMap(({ place, unmapped }) =>
    unmapped.map(({ row, reason }) => [place.accountId, place.region, row.code, row.name, reason]),
  );
  return [
    idle,
    plainTable(
      ["account", "region", "model", "scope", "per minute", "limit", "from", "busiest", "headroom", "throttles"],
      rows,
      colors,
    ),
    ...(unmapped.length === 0
      ? []
      : [plainTable(["account", "region", "code", "not understood, and not used", "why"], unmapped, colors)]),
  ].join("\n\n");
}

const words = { tokens: "tokens", requests: "requests", inputTokens: "input tokens", outputTokens: "output tokens" };

/** On hold counts as nothing left; what nobody knows comes last. */
function leftOf({ limit, headroom }: QuotaUse): number {
  return limit === 0 ? -1 : (headroom ?? 2);
}

function painted(headroom: number, colors: CommandContext["colors"]): string {
  const text = `${Math.floor(headroom * 100)} %`;
  return headroom < 0.1 ? colors.red(text) : headroom < 0.3 ? colors.yellow(text) : text;
}

function shown(value: number | undefined): string {
  return value === undefined ? "-" : Math.round(value).toLocaleString("en-US");
}
