import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sessionPolicy } from "./session-policy.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

describe("what sessions that read quotas may do", () => {
  it("is to read, and nothing else", () => {
    const { Statement } = JSON.parse(sessionPolicy) as { Statement: readonly { Action: readonly string[] }[] };

    const actions = Statement.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => !/^[a-z]+:(List|Get)[A-Za-z]+$/.test(action))).toEqual([]);
    expect(actions.join()).not.toMatch(/invoke|converse/i);
  });

  it("is what the README says the role must allow", () => {
    const [, policy = ""] = /```json\n([\s\S]*?)```/.exec(readme) ?? [];

    expect(JSON.parse(policy)).toEqual(JSON.parse(sessionPolicy));
  });

  it("fits into a session: AWS takes 2 048 characters", () => {
    expect(sessionPolicy.length).toBeLessThan(1_024);
  });
});
