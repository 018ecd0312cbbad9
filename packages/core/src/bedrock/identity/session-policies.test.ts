import { describe, expect, it } from "vitest";
import { buildFleet } from "../fleet/build-fleet.ts";
import { parseConfig } from "../config/parse.ts";
import { exampleConfig } from "../testing/example-config.test.kit.ts";
import { modelSessionPolicy } from "./model-session-policy.ts";
import { sessionPolicies } from "./session-policies.ts";
import type { AssumedRole } from "./session-request.ts";

function open(sessionPolicy: string | undefined) {
  const fleet = buildFleet(parseConfig(exampleConfig()));
  const accounts = new Map<string, AssumedRole>(
    [...fleet.accounts].map(([id, account]) => [id, { ...account, sessionPolicy }]),
  );
  const policyOf = sessionPolicies({ models: fleet.models, accounts });
  return { policies: [...accounts.values()].map(policyOf), fleet };
}

describe("the session policies of a fleet", () => {
  it("are made of what each account serves, and of nothing of the others", () => {
    const { policies, fleet } = open("models");
    const targets = fleet.models.get("sonnet")?.targets ?? [];

    expect(policies).toEqual(
      [...fleet.accounts.keys()].map((id) => modelSessionPolicy(targets.filter(({ accountId }) => accountId === id))),
    );
    expect(policies[0]).toContain("us.anthropic.claude-sonnet-4-6");
    expect(policies[0]).not.toContain("222222222222");
  });

  it("are what the config says", () => {
    expect(open('{"Version":"2012-10-17"}').policies).toEqual(Array(2).fill('{"Version":"2012-10-17"}'));
  });

  it("are none unless the config says so", () => {
    expect(open(undefined).policies).toEqual([undefined, undefined]);
  });
});
