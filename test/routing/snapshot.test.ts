import { describe, expect, it } from "vitest";
import { accountTarget, outcome, routedWorld } from "./routed-world.ts";

describe("a router's snapshot", () => {
  it("shows what is booked and open of each quota, who waits, and how many calls are under way", async () => {
    const { router, request, serve, clock } = routedWorld([accountTarget("a")], { maxWaitMs: 300_000 });
    void outcome(router.run(request(60_000), serve("first")));
    void outcome(router.run(request(2_000, { priority: 1, tenant: "alice" }), serve("second")));
    void outcome(router.run(request(3_000, { priority: 1, tenant: "alice" }), serve("third")));
    await clock.advance(500);

    const { quotas, queue, inFlight } = router.snapshot();

    expect(quotas).toMatchObject([{ key: "a/tokens", limit: 60_000, booked: 60_000, open: 60_000, free: 0 }]);
    expect(queue).toMatchObject([{ priority: 1, tenant: "alice", calls: 2, tokens: 5_000, oldestMs: 500 }]);
    expect(inFlight).toBe(1);
  });

  it("never shows an affinity key", async () => {
    const { router, request, serve, clock } = routedWorld([accountTarget("a")], { maxWaitMs: 300_000 });
    for (const name of ["first", "second"]) {
      void outcome(router.run(request(60_000, { affinityKey: "a secret" }), serve(name)));
    }
    await clock.advance(0);

    expect(router.snapshot().queue).toHaveLength(1);
    expect(JSON.stringify(router.snapshot())).not.toContain("secret");
  });
});
