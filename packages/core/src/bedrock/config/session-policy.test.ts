import { describe, expect, it } from "vitest";
import { brokenAccount, problemsOf } from "../testing/config-problems.test.kit.ts";

const policy =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"bedrock:InvokeModel","Resource":"*"}]}';
const padded = (length: number): string => policy.replace("[{", `[{${" ".repeat(length - policy.length)}`);

describe("a session policy", () => {
  it.each(["models", policy, JSON.stringify(JSON.parse(policy), undefined, 2), '{"Statement":{}}', padded(2048)])(
    "may be %s",
    (sessionPolicy) => {
      expect(problemsOf(brokenAccount({ sessionPolicy }))).toEqual([]);
    },
  );

  it.each([
    ["of another word", "model"],
    ["that is no JSON", "{hunter2"],
    ["that is a list", "[]"],
    ["that is a text", '"hunter2"'],
    ["that is nothing", "null"],
    ["without a statement", '{"Version":"2012-10-17"}'],
    ["whose statement is a text", '{"Statement":"hunter2"}'],
    ["with characters STS does not take", '{"Statement":[],"Id":"\u20ac"}'],
    ["that is empty", ""],
  ])("%s is refused", (_, sessionPolicy) => {
    const problems = problemsOf(brokenAccount({ sessionPolicy }));

    expect(problems).toEqual([
      expect.stringContaining("accounts[0].sessionPolicy: must be models, or a policy as JSON"),
    ]);
    expect(problems.join()).not.toContain("hunter2");
  });

  it.each([{ Statement: [] }, 7, null, true, padded(2049)])(
    "must be text of at most 2048 characters, not %j",
    (sessionPolicy) => {
      expect(problemsOf(brokenAccount({ sessionPolicy }))).toEqual([
        expect.stringContaining("must be models, or a policy as JSON text of at most 2048 characters"),
      ]);
    },
  );
});
