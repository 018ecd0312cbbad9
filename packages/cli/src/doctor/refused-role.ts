import type { Finding } from "./finding.ts";

/** An account, as far as why its role was refused depends on it. */
export interface RefusedAccount {
  /** 12 digits. */
  readonly id: string;
  readonly roleArn: string;
  readonly hasExternalId: boolean;
  readonly durationSeconds: number;
  /** Who asked, as far as it is known. */
  readonly hostArn: string | undefined;
  /** Other accounts let the same host in, so it may assume roles as such. */
  readonly isHostLetInElsewhere: boolean;
}

/**
 * What was seen when a role could not be assumed, and what most likely is behind it. STS says the same words whether the trust
 * policy names another host, demands another ExternalId, or the role does not exist; only where it names a kind of policy
 * can they be told apart.
 * Source: IAM User Guide, "Troubleshoot access denied error messages"; STS API Reference, "AssumeRole" (read 2026-11-23).
 */
export function refusedRole(error: unknown, account: RefusedAccount): Finding {
  const { code, name, message } = factsOf(error);
  const place = { severity: "error", accountId: account.id } as const;
  if (code === "account-mismatch") {
    const fix = "correct id or roleArn, or endpoints.sts; a proxy that answers for STS does this too";
    return { ...place, check: "identity", message, fix };
  }
  const known = reasons.find(({ names, words }) => (names?.includes(name) ?? true) && (words?.test(message) ?? true));
  if (known === undefined) {
    return { ...place, check: "role", message: shortened(message), fix: "look at what STS said, and try again" };
  }
  const { seen, fix } = known.tell(account);
  return { ...place, check: "role", message: `${account.roleArn} cannot be assumed: ${seen}`, fix };
}

interface Told {
  readonly seen: string;
  readonly fix: string;
}

/** One way to be refused: by the error's name, by words of its message, or both. The first that holds counts. */
interface Reason {
  readonly names?: readonly string[];
  readonly words?: RegExp;
  readonly tell: (account: RefusedAccount) => Told;
}

const denied: readonly string[] = ["AccessDenied", "AccessDeniedException"];

const reasons: readonly Reason[] = [
  {
    names: denied,
    words: /perform: sts:TagSession/,
    tell: () => ({
      seen: "STS denies sts:TagSession, and the config has tags",
      fix: "allow sts:TagSession in the role's trust policy and in the hub's policy (shardrock iam writes both), or take tags out",
    }),
  },
  {
    names: denied,
    words: /perform: sts:SetSourceIdentity/,
    tell: () => ({
      seen: "STS denies sts:SetSourceIdentity, and the config has a sourceIdentity",
      fix: "allow sts:SetSourceIdentity in the role's trust policy and in the hub's policy (shardrock iam writes both), or take sourceIdentity out",
    }),
  },
  {
    names: denied,
    words: /no identity-based policy allows/,
    tell: ({ hostArn, roleArn }) => ({
      seen: `no policy of ${hostArn ?? "the host"} allows sts:AssumeRole on it`,
      fix: `give the host's role the hub policy that shardrock iam writes, which names ${roleArn}`,
    }),
  },
  {
    names: denied,
    words: /service control policy|permissions boundary|session policy|VPC endpoint policy|resource control policy/,
    tell: () => ({
      seen: "an organization's policy, a permissions boundary, a session policy or a VPC endpoint's policy denies sts:AssumeRole",
      fix: "see which in the words of STS; let it pass sts:AssumeRole on this role",
    }),
  },
  {
    names: denied,
    words: /(trust|resource-based) policy/,
    tell: (account) => ({ seen: "its trust policy does not let the host in as it asked", fix: trustFix(account) }),
  },
  {
    names: denied,
    tell: (account) => ({
      seen: `STS denies it without a reason; ${likelyCause(account)}`,
      fix: trustFix(account),
    }),
  },
  {
    words: /MaxSessionDuration|1 hour session limit|role chaining/,
    tell: ({ durationSeconds }) => ({
      seen: `it does not give sessions of ${durationSeconds} s`,
      fix: "set durationSeconds to 3600, the most for a host that runs under a role itself, or raise the role's maximum",
    }),
  },
  {
    names: ["RegionDisabledException"],
    tell: () => ({
      seen: "STS is not active in the Region that was asked",
      fix: "activate STS there, or set stsRegion to a Region where it is",
    }),
  },
  {
    names: ["PackedPolicyTooLarge", "PackedPolicyTooLargeException"],
    tell: () => ({ seen: "tags and session policy are too long together", fix: "use fewer or shorter tags" }),
  },
  {
    names: ["CredentialsProviderError"],
    tell: () => ({
      seen: "this machine has no AWS credentials of its own to ask STS with",
      fix: "see the finding of the host",
    }),
  },
  {
    names: ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"],
    tell: () => ({ seen: "AWS does not take the host's own credentials", fix: "renew them" }),
  },
  {
    words: /no answer in \d+ ms|ECONNREFUSED|ENOTFOUND|ETIMEDOUT|ECONNRESET|EAI_AGAIN|TimeoutError/,
    tell: () => ({
      seen: "STS did not answer",
      fix: "let this machine reach sts.<Region>.amazonaws.com, or set endpoints.sts to its VPC endpoint",
    }),
  },
];

function likelyCause({ hasExternalId, isHostLetInElsewhere }: RefusedAccount): string {
  const host = isHostLetInElsewhere ? "other accounts let this host in, so" : "";
  const causes = hasExternalId
    ? "its externalId is not the one the trust policy demands, the trust policy names another host, or there is no such role"
    : "its trust policy names another host or demands an ExternalId, or there is no such role";
  return `${host} most likely ${causes}`.trim();
}

function trustFix({ hasExternalId, hostArn, id }: RefusedAccount): string {
  const host = hostArn === undefined ? "the host's role" : hostArn;
  return hasExternalId
    ? `in account ${id}, compare sts:ExternalId in the role's trust policy with externalId in the config, and its Principal with ${host}`
    : `in account ${id}, compare the Principal of the role's trust policy with ${host}, and see that it demands no sts:ExternalId`;
}

interface Facts {
  readonly code: string;
  /** Of the innermost error. */
  readonly name: string;
  /** What all of them say. */
  readonly message: string;
}

function factsOf(error: unknown): Facts {
  if (!(error instanceof Error)) return { code: "", name: "", message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const { cause } = error;
  return { code, name: cause instanceof Error ? cause.name : error.name, message: error.message };
}

function shortened(message: string): string {
  return message.slice(0, 500);
}
