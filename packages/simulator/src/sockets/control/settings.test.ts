import {
  GetFoundationModelAvailabilityCommand,
  GetModelInvocationLoggingConfigurationCommand,
} from "@aws-sdk/client-bedrock";
import { expect, it } from "vitest";
import { host, region } from "../sockets.test.kit.ts";
import { startControlRig } from "./control.test.kit.ts";

const place = { accountId: host.accountId, region };

it("an account may call every model and logs nothing, unless told", async () => {
  await using rig = await startControlRig();
  const client = rig.bedrock();

  const access = await client.send(new GetFoundationModelAvailabilityCommand({ modelId: "amazon.nova-lite-v1:0" }));
  const logging = await client.send(new GetModelInvocationLoggingConfigurationCommand({}));

  expect(access).toMatchObject({
    modelId: "amazon.nova-lite-v1:0",
    agreementAvailability: { status: "AVAILABLE" },
    entitlementAvailability: "AVAILABLE",
  });
  expect(logging.loggingConfig).toBeUndefined();
});

it("a model may be without its agreement, and prompts may be logged, in one account and Region", async () => {
  await using rig = await startControlRig({
    settings: {
      withoutAccess: [{ ...place, modelId: "amazon.nova-lite-v1:0" }],
      invocationLogging: [{ ...place, bucket: "logs", includesText: true }],
    },
  });
  const client = rig.bedrock();

  const ask = (modelId: string) => client.send(new GetFoundationModelAvailabilityCommand({ modelId }));
  const without = await ask("amazon.nova-lite-v1:0");
  const other = await ask("amazon.nova-pro-v1:0");
  const { loggingConfig } = await client.send(new GetModelInvocationLoggingConfigurationCommand({}));

  expect(without.agreementAvailability?.status).toBe("NOT_AVAILABLE");
  expect(other.agreementAvailability?.status).toBe("AVAILABLE");
  expect(loggingConfig).toEqual({ s3Config: { bucketName: "logs" }, textDataDeliveryEnabled: true });
});
