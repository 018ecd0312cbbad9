import { z } from "zod";
import type { TenantShare } from "../../routing/tenants.ts";
import { numberFrom, options, positiveNumber, textLike } from "./values.ts";

/** By tenant, up to 1000; one that is not named weighs 1 and is guaranteed nothing. */
export type TenantsInput = Readonly<Record<string, TenantShare>>;

const tenantName = textLike(/^[\w.:/@+-]{1,256}$/, "must be a name of up to 256 letters, digits or any of _.:/@+-");

const tenantSchema: z.ZodType<TenantShare, TenantShare> = options({
  weight: positiveNumber(1e6).optional().describe("Tokens for each token of a tenant of weight 1, while both wait."),
  guaranteed: numberFrom(0, 1).optional().describe("Share of what its models serve that it gets before others."),
});

export const tenantsSchema: z.ZodType<ReadonlyMap<string, TenantShare>, TenantsInput> = z
  .record(tenantName, tenantSchema, "must be tenants by the name calls give")
  .refine((tenants) => Object.keys(tenants).length <= 1000, "must be at most 1000 tenants")
  .refine((tenants) => guaranteedOf(tenants) <= 1 + 1e-9, "must be guaranteed at most 1 together")
  .transform((tenants) => new Map(Object.entries(tenants)));

function guaranteedOf(tenants: TenantsInput): number {
  return Object.values(tenants).reduce((sum, { guaranteed = 0 }) => sum + guaranteed, 0);
}
