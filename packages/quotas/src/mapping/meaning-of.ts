import type { QuotaRow } from "../reader/aws-reader.ts";
import { meaningKey } from "./meaning.ts";
import type { KnownMeaning, Meaning } from "./meaning.ts";
import { quotaCodes } from "./quota-codes.ts";
import { meaningOfName } from "./row-name.ts";

/**
 * What a quota row of Service Quotas means. The whole name must be understood, and where its code is known the two must
 * agree; a row that speaks of inference and fails in either is `unmapped`. A code that is not known decides nothing, so
 * models that came later, and partitions with codes of their own, are read by their names.
 */
export function meaningOf({ code, name }: Pick<QuotaRow, "code" | "name">): Meaning {
  const said = meaningOfName(name);
  const known = quotaCodes.get(code);
  if (known === undefined) return said;
  const disagreement = disagreementOf(said, known);
  return disagreement === undefined
    ? said
    : { kind: "unmapped", reason: `its code ${code} is known to be ${meaningKey(known)}, but ${disagreement}` };
}

function disagreementOf(said: Meaning, known: KnownMeaning): string | undefined {
  switch (said.kind) {
    case "unmapped":
      return said.reason;
    case "unrelated":
      return "its name speaks of something else";
    case "model":
    case "cross-model-day":
      return meaningKey(said) === meaningKey(known) ? undefined : `its name says ${meaningKey(said)}`;
  }
  said satisfies never;
}
