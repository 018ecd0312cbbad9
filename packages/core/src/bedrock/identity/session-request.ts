/** One account's role as the config describes it. */
export interface AssumedRole {
  /** 12 digits. */
  readonly id: string;
  readonly roleArn: string;
  readonly externalId?: string | undefined;
  readonly sessionName: string;
  readonly sourceIdentity?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly durationSeconds: number;
  /** What narrows the session: `models` for a policy made from what the config serves there, or the text of one. */
  readonly sessionPolicy?: string | undefined;
  /** Source Regions; STS is asked in the first unless the config says where. */
  readonly regions: readonly string[];
}

/** Exactly what STS is asked for, where and by whom: two sessions are the same when none of it differs. */
export interface SessionRequest {
  /** 12 digits; the session must belong to it. */
  readonly accountId: string;
  readonly roleArn: string;
  readonly externalId: string | undefined;
  readonly sessionName: string;
  readonly sourceIdentity: string | undefined;
  /** Sorted by key. */
  readonly tags: readonly (readonly [key: string, value: string])[];
  readonly durationSeconds: number;
  /** JSON text. */
  readonly policy: string | undefined;
  /** Whose STS is asked. */
  readonly region: string;
  /** Which credentials ask. */
  readonly hostId: string;
}

/** What the config leaves to be said about a role. */
export interface AskingFor {
  readonly policy: string | undefined;
  /** Region whose STS is asked; the role's first unless told. */
  readonly stsRegion: string | undefined;
  readonly hostId: string;
}

/** What to ask STS for a role. */
export function sessionRequest(role: AssumedRole, { policy, stsRegion, hostId }: AskingFor): SessionRequest {
  const { id, roleArn, externalId, sessionName, sourceIdentity, durationSeconds } = role;
  return {
    accountId: id,
    roleArn,
    externalId,
    sessionName,
    sourceIdentity,
    tags: Object.entries(role.tags).toSorted(([left], [right]) => (left < right ? -1 : 1)),
    durationSeconds,
    policy,
    region: stsRegion ?? role.regions[0] ?? "us-east-1",
    hostId,
  };
}

/** Another text for every request that differs in anything, so an attribute added later cannot be forgotten here. */
export function sessionKey(request: SessionRequest): string {
  return JSON.stringify(Object.entries(request).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
