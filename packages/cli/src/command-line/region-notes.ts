import type { Config } from "@shardrock/core";

/**
 * AWS's Regions, those of GovCloud and China too. Only a note comes of it: AWS opens more.
 * Source: the partitions that the AWS SDK for JavaScript 3.981 knows (read 2026-11-23).
 */
const regions: readonly string[] = [
  "us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ca-west-1 mx-central-1 sa-east-1 sa-west-1",
  "eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3",
  "ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2",
  "ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7",
  "il-central-1 me-central-1 me-south-1 me-west-1 af-south-1 us-gov-east-1 us-gov-west-1 cn-north-1 cn-northwest-1 eusc-de-east-1",
].flatMap((line) => line.split(" "));

/** What to say of source Regions that nobody knows: a mistyped one passes every check until a call goes there. */
export function regionNotes(config: Config): readonly string[] {
  const named = new Set(config.accounts.flatMap((account) => account.regions));
  return [...named].filter((region) => !regions.includes(region)).map(noteOf);
}

function noteOf(region: string): string {
  const nearest = regions.toSorted((one, other) => distance(region, one) - distance(region, other))[0] ?? "";
  const meant =
    distance(region, nearest) <= nearEnough ? `: did you mean ${nearest}?` : "; AWS may have opened it since";
  return `note: ${region} is no Region that is known here${meant}`;
}

const nearEnough = 2;

/** Letters that one has and the other has not. */
function distance(one: string, other: string): number {
  const left = other.split("");
  let missing = 0;
  for (const letter of one.split("")) {
    const place = left.indexOf(letter);
    if (place === -1) missing += 1;
    else left.splice(place, 1);
  }
  return missing + left.length;
}
