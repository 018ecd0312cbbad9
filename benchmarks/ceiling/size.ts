/** The size of a run: how many accounts, what each target may take, and how long a "minute" is. */
export interface Size {
  readonly accounts: number;
  /** Tokens per window, by target. Targets lie over the accounts in turn, each in a Region of its own there. */
  readonly tokensPerMinute: readonly number[];
  /** Requests per window, by target; undefined: no such quota. */
  readonly requestsPerMinute?: readonly number[];
  readonly windowMs: number;
}

/** Uneven, 100 000 to 2 000 000 TPM: 8 targets over 4 accounts. */
export const defaultSize: Size = {
  accounts: 4,
  tokensPerMinute: [2_000_000, 100_000, 600_000, 150_000, 400_000, 200_000, 300_000, 250_000],
  windowMs: 60_000,
};

/** The same mix, 60 targets over 8 accounts. */
export const fullSize: Size = {
  accounts: 8,
  tokensPerMinute: Array.from({ length: 60 }, (_, index) => defaultSize.tokensPerMinute[index % 8] ?? 0),
  windowMs: 60_000,
};

const regions = [
  "us-east-1",
  "us-west-2",
  "us-east-2",
  "eu-west-1",
  "eu-central-1",
  "eu-west-3",
  "eu-north-1",
  "eu-south-1",
];

/** Account and Region of a target. */
export function placeOf(size: Size, index: number): { readonly accountId: string; readonly region: string } {
  const perAccount = Math.ceil(size.tokensPerMinute.length / size.accounts);
  const account = Math.floor(index / perAccount) + 1;
  return { accountId: String(account).padStart(12, "1"), region: regions[index % perAccount] ?? "" };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
