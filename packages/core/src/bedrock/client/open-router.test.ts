import { describe, expect, it } from "vitest";
import { NotSentError, ShardrockError } from "../../errors.ts";
import { parseConfig } from "../config/parse.ts";
import { exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { openRouter } from "./open-router.ts";

describe("a router over a config", () => {
  it("sends any transport's calls where there is room", async () => {
    const { router, candidates } = openRouter(parseConfig(exampleConfig()));

    const answer = await router.run(
      { pool: "sonnet", candidates: candidates("sonnet", { requests: 1, tokens: 500 }) },
      async (target, call) => {
        call.settle({ requests: 1, tokens: 400 });
        return `${target.accountId}/${target.region}`;
      },
    );

    expect(answer).toMatch(/^(1{12}|2{12})\/us-(east-1|west-2)$/);
  });

  it("moves a call on when an account's role failed, and remembers", async () => {
    const { router, candidates } = openRouter(parseConfig(exampleConfig()));
    const tried: string[] = [];
    const send = () =>
      router.run(
        { pool: "sonnet", candidates: candidates("sonnet", { requests: 1, tokens: 5 }) },
        async ({ accountId }, call) => {
          tried.push(accountId);
          if (accountId === "111111111111") throw new NotSentError(new ShardrockError("credentials-unavailable", "no"));
          call.settle({ requests: 1, tokens: 5 });
        },
      );

    for (let call = 0; call < 30; call++) await send();

    expect(tried.filter((accountId) => accountId === "111111111111").length).toBeLessThanOrEqual(1);
  });

  it("uses the limits of the config", async () => {
    const model = exampleModel({ quotas: { tokensPerMinute: 1_000 } });
    const { router, candidates } = openRouter(parseConfig(exampleConfig({ models: { sonnet: model } })));

    const refused = router.run(
      { pool: "sonnet", candidates: candidates("sonnet", { tokens: 1_001 }) },
      async () => undefined,
    );

    await expect(refused).rejects.toMatchObject({ code: "request-too-large" });
  });

  it("names the models there are when asked for another", () => {
    const { candidates } = openRouter(parseConfig(exampleConfig()));

    expect(() => candidates("sonnett", {})).toThrow(/did you mean "sonnet"/);
  });
});
