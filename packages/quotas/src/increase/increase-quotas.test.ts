import { describe, expect, it } from "vitest";
import type { QuotaRow } from "../reader/aws-reader.ts";
import { increaseQuotas } from "./increase-quotas.ts";

const row = (code: string, value: number, isAdjustable = true): QuotaRow => {
  return { code, name: `of ${code}`, value, isAdjustable, isGlobal: false };
};
const place = { accountId: "111111111111", region: "us-east-1" };

describe("quotas for a plan", () => {
  it("say what is applied and what is the default, as far as AWS lists either", () => {
    const quotas = increaseQuotas(place, {
      applied: [row("L-BOTH", 0), row("L-APPLIED", 5)],
      defaults: [row("L-DEFAULT", 7), row("L-BOTH", 9, false)],
    });

    expect(quotas.map(({ code, applied, default: standard }) => [code, applied, standard])).toEqual([
      ["L-DEFAULT", undefined, 7],
      ["L-BOTH", 0, 9],
      ["L-APPLIED", 5, undefined],
    ]);
  });

  it("are adjustable as the account's own row says", () => {
    const [quota] = increaseQuotas(place, { applied: [row("L-1", 1, false)], defaults: [row("L-1", 1, true)] });

    expect(quota).toEqual({ ...place, code: "L-1", name: "of L-1", isAdjustable: false, applied: 1, default: 1 });
  });
});
