import { systemClock } from "@shardrock/core";
import { expect, it } from "vitest";
import { fakeHost } from "../command-line/host.test.kit.ts";
import { main } from "../command-line/main.ts";

interface Figures {
  readonly sides: readonly { readonly sent: number; readonly served: number; readonly givenUp: number }[];
}

it("plays the same calls on both sides over real sockets, and shows what each served", async () => {
  using host = fakeHost();

  const code = await main(["demo", "--duration", "1s", "--json"], { ...host, clock: systemClock });

  const { sides } = JSON.parse(host.stdout.text) as Figures;
  expect([code, host.stderr.text]).toEqual([0, ""]);
  expect(sides[0]?.sent).toBe(sides[1]?.sent);
  for (const { sent, served, givenUp } of sides) {
    expect(served).toBeGreaterThan(0);
    expect(served + givenUp).toBe(sent);
  }
});

it("tells people what it shows, and draws over itself on a terminal only", async () => {
  using host = fakeHost();

  await main(["demo", "--duration", "500ms"], { ...host, clock: systemClock });

  expect(host.stdout.text).toMatch(
    /^Shardrock: many AWS accounts as one Amazon Bedrock\n[\s\S]*calls served +\d+ of \d+/,
  );
  expect(host.stdout.text).toMatch(/Where the load of "Shardrock, four accounts" ran[\s\S]*444444444444 us-west-2/);
  expect(host.stdout.text).not.toContain("\u001b");
});
