import type { ConfigPath, ConfigProblem } from "./error.ts";
import type { ResourceInput } from "./resources.ts";
import type { Config } from "./shardrock-config.ts";
import { unknownName } from "./unknown-name.ts";

/** Resources in accounts or Regions the config does not have, in two ids for one place, or in another place than their ARN. */
export function resourceProblems(config: Config): readonly ConfigProblem[] {
  const regionsOf = new Map(config.accounts.map(({ id, regions }) => [id, regions]));
  return [...config.resources].flatMap(([name, entries]) => {
    const first = new Map(entries.map((entry, index) => [placeOf(entry), index] as const).toReversed());
    return entries.flatMap((entry, index) => {
      const path = ["resources", name, index];
      const regions = regionsOf.get(entry.account);
      return [
        ...unknownName(entry.account, [...regionsOf.keys()], [...path, "account"]),
        ...(regions && entry.region ? unknownName(entry.region, regions, [...path, "region"]) : []),
        ...(first.get(placeOf(entry)) === index ? [] : [{ path, message: `repeats ${placeOf(entry)}` }]),
        ...arnProblems(entry, path),
      ];
    });
  });
}

function placeOf({ account, region }: ResourceInput): string {
  return `account ${account}, ${region ?? "every Region"}`;
}

/** An ARN exists where it says; used from elsewhere it would fail, or be somebody else's. */
function arnProblems({ account, region, id }: ResourceInput, path: ConfigPath): readonly ConfigProblem[] {
  if (!id.startsWith("arn:")) return [];
  const [, , , itsRegion = "", itsAccount = ""] = id.split(":", 6);
  const problems: ConfigProblem[] = [];
  if (itsAccount !== "" && itsAccount !== account) {
    problems.push({ path: [...path, "id"], message: `is an ARN of another account than ${account}` });
  }
  if (itsRegion !== "" && region === undefined) {
    problems.push({ path: [...path, "region"], message: "is missing; the ARN exists in one Region only" });
  } else if (itsRegion !== "" && itsRegion !== region) {
    problems.push({ path: [...path, "id"], message: `is an ARN of another Region than ${region}` });
  }
  return problems;
}
