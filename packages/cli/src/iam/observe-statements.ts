import { serviceQuotas } from "@shardrock/quotas";
import { z } from "zod";
import { doctorActions } from "../doctor/doctor-actions.ts";
import { increaseActions } from "../quotas/increase-actions.ts";
import { sorted, type Statement } from "./policy.ts";

const sessionPolicySchema = z.object({
  Statement: z.array(z.object({ Action: z.array(z.string()), Resource: z.literal("*") })),
});

/**
 * What reading quotas and use takes, as `serviceQuotas()` narrows its own sessions to, and what `shardrock doctor` looks at.
 * None of it shows a prompt, changes anything or calls a model, and none of these actions takes a resource that could be named.
 */
export function observeStatements(): readonly Statement[] {
  const { Statement } = sessionPolicySchema.parse(JSON.parse(serviceQuotas().sessionPolicy));
  const reading = sorted(Statement.flatMap(({ Action }) => Action));
  const looking = doctorActions.filter((action) => !reading.includes(action));
  return [
    { Sid: "ReadQuotasAndUse", Effect: "Allow", Action: reading, Resource: ["*"] },
    { Sid: "LookAtSettings", Effect: "Allow", Action: sorted(looking), Resource: ["*"] },
  ];
}

/** What asking for higher quotas takes besides. It changes quotas once AWS agrees, and calls nothing. */
export function increaseStatements(): readonly Statement[] {
  return [{ Sid: "AskForQuotas", Effect: "Allow", Action: sorted(increaseActions), Resource: ["*"] }];
}
