import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fakeHost } from "../command-line/host.test.kit.ts";
import { main } from "../command-line/main.ts";

/** A config of so many accounts, each with so many tokens per minute in one Region, and no other quota. */
export function configText(accounts: number, tokensPerMinute: number, more = ""): string {
  const ids = Array.from({ length: accounts }, (_, place) => String(111_111_111_111 + place));
  const lines = ids.map(
    (id) => `  - { id: "${id}", roleArn: "arn:aws:iam::${id}:role/r", externalId: "11111111", regions: [us-east-1] }`,
  );
  return `accounts:
${lines.join("\n")}
models:
  chat:
    maxOutputTokens: 4000
    servedBy: [{ id: amazon.nova-pro-v1:0 }]
    quotas: { tokensPerMinute: ${tokensPerMinute} }
residency: { allowedRegions: [us-east-1] }
${more}`;
}

/** One call each so many ms, of 900 input and 100 output tokens with a maximum of 100: 1 000 tokens at its start and its end. */
export function traceText(count: number, everyMs: number): string {
  const startMs = Date.UTC(2026, 0, 1);
  const rows = Array.from(
    { length: count },
    (_, index) => `${new Date(startMs + index * everyMs).toISOString()},900,100,100`,
  );
  return ["timestamp,input,output,max_tokens", ...rows].join("\n");
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line in a folder of these files. */
export async function ran(files: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<Ran> {
  using host = fakeHost();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(host.workingDirectory, name), text);
  const code = await main(argv, host);
  return { code, out: host.stdout.text, err: host.stderr.text };
}
