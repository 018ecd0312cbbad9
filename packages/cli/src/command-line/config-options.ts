import type { OptionDeclaration } from "./command-declaration.ts";

/** The router's config, where a command can do without. */
export const optionalConfigOption: OptionDeclaration = {
  name: "config",
  value: "file",
  description: "The router's config: .yaml, .yml or .json.",
  short: "c",
  isPath: true,
};

/** The router's config, which the command demands. */
export const configOption: OptionDeclaration = { ...optionalConfigOption, isRequired: true };

/** See `withObserveRoles`. */
export const observeRoleOption: OptionDeclaration = {
  name: "observe-role",
  description:
    "Assume the roles that only look, whose names end in -observe, as shardrock iam makes them, in place of those the router assumes.",
};
