import type { Reservation } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { expectMs, minuteTokens, type OpenLedger, openWorld, targetWith, type Tolerance } from "./ledger-world.ts";

/** What every ledger promises of day quotas. */
export function dayQuotaContract(name: string, open: OpenLedger, { roundingMs, refusalJitterMs }: Tolerance): void {
  describe(`${name} minds day quotas`, () => {
    const day = { key: "day", unit: "tokens", windowMs: 86_400_000 } as const;
    const setUpDay = () => openWorld(open, 60_000, targetWith("a", [minuteTokens("a/tokens"), day]));

    it("is advisory until AWS refuses, then closed, and says its time is an estimate", async () => {
      await using world = await setUpDay();
      const { ledger, call, reserve, clock, wait } = world;
      (await reserve(970)).throttled({ scope: "tokens-per-day" });
      await wait(60_000);

      const answer = await ledger.reserve([call(970)]);

      expect(answer).toMatchObject({ kind: "refused", short: { key: "day" }, isEstimated: true });
      expect(ledger.quote(call(970), clock.monotonicMs()).isEstimated).toBe(true);
      expectMs(answer.kind === "refused" ? answer.retryAfterMs : 0, 3_540_000, 500 + roundingMs + refusalJitterMs);
    });

    it("lets one probe through an hour later, and opens when it works", async () => {
      await using world = await setUpDay();
      const { ledger, call, reserve, wait, written } = world;
      (await reserve(970)).throttled({ scope: "tokens-per-day" });
      await wait(3_600_000);

      const probe = await reserve(970);
      const meanwhile = await ledger.reserve([call(970)]);
      probe.settle({ requests: 1, tokens: 970 });
      await written();

      expect(meanwhile.kind).toBe("refused");
      expect((await ledger.reserve([call(970)])).kind).toBe("reserved");
    });

    it("stays closed for another hour when the probe is refused", async () => {
      await using world = await setUpDay();
      const { ledger, call, reserve, wait } = world;
      (await reserve(970)).throttled({ scope: "tokens-per-day" });
      await wait(3_600_000);
      (await reserve(970)).throttled({ scope: "tokens-per-day" });
      await wait(3_500_000);

      expect((await ledger.reserve([call(970)])).kind).toBe("refused");
      await wait(100_000);
      expect((await ledger.reserve([call(970)])).kind).toBe("reserved");
    });

    it.each([
      ["released", (one: Reservation) => one.release()],
      ["kept", (one: Reservation) => one.keep("in doubt")],
      ["throttled by the minute", (one: Reservation) => one.throttled({ scope: "requests-per-minute" })],
    ])("tries again, and not in an hour, when its probe is %s", async (_, end) => {
      await using world = await setUpDay();
      const { ledger, call, reserve, wait } = world;
      (await reserve(970)).throttled({ scope: "tokens-per-day" });
      await wait(3_600_000);

      end(await reserve(970));
      await wait(10_000);

      expect((await ledger.reserve([call(970)])).kind).toBe("reserved");
    });
  });
}
