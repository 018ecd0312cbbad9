import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { FakeAws } from "../testing/fake-aws.test.kit.ts";
import { ManualClock } from "../testing/manual-clock.test.kit.ts";
import { RoleSession } from "../identity/role-session.ts";
import { TargetClients } from "./target-clients.ts";

const input = { modelId: "m", messages: [] };

function open() {
  const aws = new FakeAws();
  const clock = new ManualClock();
  const asked: string[] = [];
  const sessionOf = (accountId: string) =>
    new RoleSession({
      accountId,
      roleArn: "r",
      assumeRole: async () => {
        asked.push(accountId);
        const expiration = new Date("2100-01-01"); // in the future for the SDK, which has no clock to be given
        return { accessKeyId: `ASIA${accountId}-${asked.length}`, secretAccessKey: "s", sessionToken: "t", expiration };
      },
      credentialsMs: 1_000,
      clock,
      random: () => 0,
    });
  return { aws, sessionOf, clients: new TargetClients({ requestHandler: aws.handler }) };
}

describe("target clients", () => {
  it("are one for each session and Region", () => {
    const { clients, sessionOf } = open();
    const [one, two] = [sessionOf("1"), sessionOf("2")];
    const made = [
      clients.client({ region: "us-east-1" }, one),
      clients.client({ region: "us-west-2" }, one),
      clients.client({ region: "us-east-1" }, two),
    ];

    expect(new Set(made).size).toBe(3);
    expect(clients.client({ region: "us-east-1" }, one)).toBe(made[0]);
  });

  it("sign with what the session holds, and with nothing once it was wiped", async () => {
    const { aws, clients, sessionOf } = open();
    const session = sessionOf("1");
    const client = clients.client({ region: "us-east-1" }, session);
    await session.resolve();
    await client.sdk.send(new ConverseCommand(input));

    session.wipe();

    await expect(client.sdk.send(new ConverseCommand(input))).rejects.toMatchObject({
      code: "credentials-unavailable",
    });
    expect(aws.bedrock.map(({ signer }) => signer)).toEqual(["1-1"]);
  });
});
