import { describe, expect, it } from "vitest";
import { accountTarget, outcome, routedWorld } from "./routed-world.ts";

const targets = [
  accountTarget("a", { region: "us-east-1" }),
  accountTarget("a", { id: "a west", region: "us-west-2" }),
  accountTarget("b", { region: "us-east-1" }),
];
const by = "guardrail arn:aws:bedrock:us-west-2:aaaaaaaaaaaa:guardrail/g1";

describe("a call that ids bind", () => {
  it.each([
    ["account", { accountId: "aaaaaaaaaaaa", by }, ["a", "a west"]],
    ["account and Region", { accountId: "aaaaaaaaaaaa", region: "us-west-2", by }, ["a west"]],
  ])("goes to that %s only, as often as it is sent", async (_, pin, places) => {
    const { router, request } = routedWorld(targets);
    const seen = new Set<string>();
    for (let call = 0; call < 40; call += 1) seen.add(await router.run(request(1, { pin }), async ({ id }) => id));

    expect([...seen].toSorted()).toEqual(places);
  });

  it("waits for its place while another has room", async () => {
    const { router, request, serve, started, clock } = routedWorld(targets);
    const pin = { accountId: "bbbbbbbbbbbb", by };
    for (const name of ["first", "second"]) void outcome(router.run(request(6_000, { pin }), serve(name)));
    await clock.advance(999);
    const early = [...started];
    await clock.advance(1);

    expect([early, started]).toEqual([["first"], ["first", "second"]]);
  });

  it("is explained: what may not take it says the account, the Region and what binds it", async () => {
    const { router, request, events } = routedWorld(targets);
    const pin = { accountId: "aaaaaaaaaaaa", region: "us-west-2", by };
    const bound = `the call is bound to account aaaaaaaaaaaa, us-west-2 by ${by}`;

    const rows = router.explain(request(1, { pin }));
    await router.run(request(1, { pin }), async () => "sent");

    expect(rows.map(({ target, rank, reason }) => [target.id, rank, reason])).toEqual([
      ["a west", 1, "has room now"],
      ["a", undefined, bound],
      ["b", undefined, bound],
    ]);
    expect(events[0]).toMatchObject({
      decisionReason: "pinned",
      candidatesRejected: [
        { targetId: "a", reason: bound },
        { targetId: "b", reason: bound },
      ],
    });
  });

  it("is refused with the reason when no target is there", async () => {
    const { router, request } = routedWorld(targets);
    const pin = { accountId: "bbbbbbbbbbbb", region: "us-west-2", by };

    const result = await outcome(router.run(request(1, { pin }), async () => "sent"));

    expect(result).toMatchObject({
      error: {
        code: "no-eligible-target",
        message: expect.stringContaining(by),
        reasons: targets.map(({ id }) => `${id}: the call is bound to account bbbbbbbbbbbb, us-west-2 by ${by}`),
      },
    });
  });
});
