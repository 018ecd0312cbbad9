import type { CommandDeclaration } from "../command-line/command-declaration.ts";
import { configOption } from "../command-line/config-options.ts";

/** Writes the roles and policies a config needs. */
export const iamDeclaration: CommandDeclaration = {
  name: "iam",
  summary: "Write the IAM roles and policies a config needs",
  description:
    "Makes, from the config the router runs, two roles for each account (one that calls models, one that only looks), " +
    "the policy of the hub's role that assumes them, and a service control policy that denies what residency forbids. " +
    "Least privilege: a model behind a profile is allowed through that profile only, in the Regions where it may run. " +
    "An ExternalId is never written: it is a parameter without echo (CloudFormation) or a sensitive variable (Terraform).",
  options: [
    configOption,
    {
      name: "format",
      value: "format",
      description: "What to write; cloudformation unless told.",
      short: "f",
      choices: ["cloudformation", "terraform", "json"],
    },
    {
      name: "hub-role",
      value: "arn",
      description:
        "Role of the service that runs the router, the only one that may assume the others; a parameter unless told.",
    },
    {
      name: "organization",
      value: "o-id",
      description: "Let in principals of this organization only, such as o-a1b2c3d4e5.",
    },
    {
      name: "ou",
      value: "ou-id",
      description:
        "Organizational unit or root: attaches the service control policy there, and with cloudformation writes a StackSet for it.",
    },
    {
      name: "permissions-boundary",
      value: "name",
      description: "Name of the policy in each account that bounds both roles; none unless told.",
    },
    {
      name: "request-increases",
      description: "The role that only looks may also ask AWS for higher quotas, for shardrock quotas --submit.",
    },
    {
      name: "invoke-only",
      description: "The role that calls models may not read quotas: for a router without serviceQuotas().",
    },
    {
      name: "out",
      value: "path",
      description: "A folder, or one file if it has an extension; stdout unless told.",
      short: "o",
      isPath: true,
    },
  ],
  examples: [
    {
      line: "shardrock iam --config router.yaml --hub-role arn:aws:iam::999999999999:role/app",
      says: "All templates, to be read",
    },
    {
      line: "shardrock iam --config router.yaml --organization o-a1b2c3d4e5 --ou ou-ab12-cdefgh34 --out iam",
      says: "Templates with a StackSet for an organizational unit, into the folder iam",
    },
    {
      line: "shardrock iam --config router.yaml --format terraform --out iam",
      says: "Terraform modules into the folder iam",
    },
  ],
  load: () => import("./iam-command.ts"),
};
