import { describe, expect, it } from "vitest";
import { ineffectiveVariables } from "./environment.ts";

const names = [
  "AWS_BEARER_TOKEN_BEDROCK",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
  "AWS_ENDPOINT_URL_STS",
  "AWS_ENDPOINT_URL_SSO_OIDC",
  "AWS_MAX_ATTEMPTS",
  "AWS_RETRY_MODE",
];

describe("a variable without effect", () => {
  it.each(names)("%s is named, its value is not", (name) => {
    const [found, ...others] = ineffectiveVariables({ [name]: "s3cret", PATH: "/bin" });

    expect(others).toEqual([]);
    expect(found?.name).toBe(name);
    expect(found?.message).toMatch(new RegExp(`^${name} is set in the environment and has no effect: `));
    expect(JSON.stringify(found)).not.toContain("s3cret");
  });

  it("is each told of by itself, in order", () => {
    const env = Object.fromEntries(names.toReversed().map((name) => [name, "x"]));

    expect(ineffectiveVariables(env).map(({ name }) => name)).toEqual(names.toSorted());
  });

  it.each(["AWS_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URLS", "AWS_ENDPOINT_URL_a\nb"])(
    "is not %j",
    (name) => {
      expect(ineffectiveVariables({ [name]: "x" })).toEqual([]);
    },
  );

  it("is none that is empty or not set", () => {
    expect(ineffectiveVariables({ AWS_ENDPOINT_URL: "", AWS_MAX_ATTEMPTS: undefined })).toEqual([]);
  });
});
