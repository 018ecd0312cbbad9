/** Stands for what is not written down: each format puts its own reference in its place. */
export interface Placeholders {
  /** The role that may assume the others, where the command line does not name it. */
  readonly hubRole: string;
  readonly externalId: string;
}

export const placeholders: Placeholders = { hubRole: "${HubRoleArn}", externalId: "${ExternalId}" };
