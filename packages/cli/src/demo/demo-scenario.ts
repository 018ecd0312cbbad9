/** What the demo plays: four accounts with uneven quotas, and three times the load that the first one can carry. */
export const accounts = [
  { id: "111111111111", tokensPerMinute: { "us-east-1": 200_000, "us-west-2": 200_000 } },
  { id: "222222222222", tokensPerMinute: { "us-east-1": 300_000, "us-west-2": 150_000 } },
  { id: "333333333333", tokensPerMinute: { "us-east-1": 100_000, "us-west-2": 250_000 } },
  { id: "444444444444", tokensPerMinute: { "us-east-1": 200_000, "us-west-2": 200_000 } },
] as const;

/** A "minute" is 15 s here, and the model is four times as fast. */
export const speed = 4;
export const windowMs: number = 60_000 / speed;
/** How long calls come unless told, in ms. */
export const trafficMs = 24_000;
export const maxTokens = 1_000;

export const summedTpm: number = accounts.reduce((sum, account) => sum + tpmOf(account), 0);
export const oneAccountTpm: number = tpmOf(accounts[0]);
/** Tokens that come per window, as a multiple of what one account carries. */
export const load = 3;
/** Mean tokens of a generated chat call. */
const meanTokens = 1_375;
export const callsPerMs: number = (load * oneAccountTpm) / windowMs / meanTokens;

function tpmOf({ tokensPerMinute }: { readonly tokensPerMinute: Readonly<Record<string, number>> }): number {
  return Object.values(tokensPerMinute).reduce((sum, tpm) => sum + tpm, 0);
}
