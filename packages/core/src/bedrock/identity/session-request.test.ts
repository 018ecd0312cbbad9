import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AskingFor, type AssumedRole, sessionKey, sessionRequest } from "./session-request.ts";

type Described = AssumedRole & AskingFor;

const text = fc.string({ maxLength: 3 });
const optional = fc.option(text, { nil: undefined });
const described: fc.Arbitrary<Described> = fc.record({
  id: text,
  roleArn: text,
  externalId: optional,
  sessionName: text,
  sourceIdentity: optional,
  tags: fc.dictionary(text, text, { maxKeys: 3 }),
  durationSeconds: fc.integer({ min: 900, max: 902 }),
  regions: fc.constant(["us-east-1"]),
  policy: optional,
  stsRegion: text,
  hostId: text,
});

function keyOf(session: Described): string {
  return sessionKey(sessionRequest(session, session));
}

const attributes = [
  "id",
  "roleArn",
  "externalId",
  "sessionName",
  "sourceIdentity",
  "tags",
  "durationSeconds",
  "policy",
  "stsRegion",
  "hostId",
] as const;

describe("the key of a session", () => {
  it.each(attributes)("is another for another %s", (attribute) => {
    fc.assert(
      fc.property(described, described, (one, other) => {
        fc.pre(normal(one[attribute]) !== normal(other[attribute]));

        expect(keyOf({ ...one, [attribute]: other[attribute] })).not.toBe(keyOf(one));
      }),
    );
  });

  it("is the same for the same attributes, in whatever order they and the tags are written", () => {
    fc.assert(
      fc.property(described, (one) => {
        const tags = Object.fromEntries(Object.entries(one.tags).toReversed());
        const reversed = Object.fromEntries(Object.entries({ ...one, tags }).toReversed()) as unknown as Described;

        expect(keyOf(reversed)).toBe(keyOf(one));
      }),
    );
  });

  it("knows the Region that is asked, which is the role's first unless the config says", () => {
    const one: Described = {
      id: "1",
      roleArn: "r",
      sessionName: "s",
      tags: {},
      durationSeconds: 900,
      regions: ["us-east-1", "eu-west-1"],
      policy: undefined,
      stsRegion: undefined,
      hostId: "h",
    };

    expect(sessionRequest(one, one).region).toBe("us-east-1");
    expect(keyOf({ ...one, regions: ["us-east-1"] })).toBe(keyOf(one));
    expect(keyOf({ ...one, regions: ["eu-west-1"] })).not.toBe(keyOf(one));
    expect(keyOf({ ...one, regions: ["eu-west-1"], stsRegion: "us-east-1" })).toBe(keyOf(one));
  });
});

function normal(value: unknown): string {
  const isTags = typeof value === "object" && value !== null;
  return JSON.stringify([isTags ? Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)) : value]);
}
