import { seededRandom } from "@shardrock/core";
import { textOfTokens } from "@shardrock/simulator";
import type { Crossed } from "./wire-tap.ts";

/** Texts that no log may ever hold, each of its own kind. */
export const canaries = {
  prompt: "CANARY-prompt-8c41f07d",
  system: "CANARY-system-51be90aa",
  toolInput: "CANARY-toolInput-0d93e6b2",
  toolKey: "CANARYtoolKey7e11c5",
  toolResult: "CANARY-toolResult-94cf1e70",
  metadata: "CANARY-metadata-3fa2d8c6",
  guarded: "CANARY-guarded-66d07b19",
  echoedCompletion: "CANARY-completion-e2b85d13",
  hostSecret: "CANARY/hostSecret+b7c24f9001d7aa53e8c4f1",
  hostToken: "CANARY/hostToken+1f6e02ac77d94be5a30c8d92f4",
  affinityKey: "CANARY-affinity-aa70c3e4",
  bearer: "CANARY-bearer-5d5e90f1",
  environmentUrl: "CANARY-environmentUrl-c05e1f88",
  callerKey: "CANARY-callerKey-9b1d6f42",
} as const;

/** What AWS's errors quote when they quote everything: the words of caller and model, and a signature's input. */
export const echo = `You said: ${canaries.prompt}, ${canaries.system}, ${canaries.toolInput}; it said: ${canaries.echoedCompletion}`;

/** The forms a text has in other people's hands. */
export function formsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString("hex");
  // A base64 text begins anew every three bytes; what is certain of it is all but its edges.
  const encoded = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .slice(4, -4),
  );
  return [
    ...new Set([
      text,
      JSON.stringify(text).slice(1, -1),
      encodeURIComponent(text),
      hex,
      hex.replace(/..(?=.)/g, "$& "),
    ]),
    [...bytes].join(", "),
    [...bytes].join(","),
    ...encoded,
  ];
}

/** The kinds of captured texts that hold one of the secrets in one of its forms, and which. */
export function leaksOf(secrets: Iterable<string>, texts: ReadonlyMap<string, string>): readonly string[] {
  const all = [...texts.keys()].join("\n");
  return [...new Set(secrets)].flatMap((secret) =>
    formsOf(secret)
      .filter((form) => all.includes(form))
      .flatMap((form) => {
        const holders = [...texts].filter(([text]) => text.includes(form));
        return [...new Set(holders.map(([, kind]) => `${kind}: ${secret} as ${form}`))];
      }),
  );
}

const shortestPiece = 24;

/** The captured texts' kinds that hold a piece of a secret that was made by chance, such as a session token. */
export function piecesOf(secrets: Iterable<string>, texts: ReadonlyMap<string, string>): readonly string[] {
  const pieces = new Set([...secrets].map((secret) => secret.slice(0, shortestPiece)));
  const kinds = new Set<string>();
  for (const [text, kind] of texts) {
    for (const [run] of text.matchAll(/[A-Za-z0-9+/]{24,}/g)) {
      if (holdsOneOf(pieces, run)) kinds.add(`${kind}: ${run}`);
    }
  }
  return [...kinds];
}

function holdsOneOf(pieces: ReadonlySet<string>, run: string): boolean {
  for (let at = 0; at + shortestPiece <= run.length; at++) {
    if (pieces.has(run.slice(at, at + shortestPiece))) return true;
  }
  return false;
}

const vocabulary = new Set(textOfTokens(20_000, seededRandom(1)).split(" "));
const shortestQuote = 5;
const runOfWords = /(?<![a-z])[a-z]+(?: [a-z]+){4,}/g;

/** Every run of words, as long as a quote must be to be one, that a simulated model may have written. */
export function quotesIn(text: string): ReadonlySet<string> {
  const quotes = new Set<string>();
  for (const [run] of text.matchAll(runOfWords)) {
    let words: string[] = [];
    for (const word of run.split(" ")) {
      words = vocabulary.has(word) ? [...words.slice(1 - shortestQuote), word] : [];
      if (words.length === shortestQuote) quotes.add(words.join(" "));
    }
  }
  return quotes;
}

/** What no log may hold of what crossed a wire. */
export class WireSecrets {
  /** Runs of words that a model wrote. */
  readonly quotes = new Set<string>();
  /** Secrets of the sessions that STS gave, signatures that were sent. */
  readonly secrets = new Set<string>();

  learn({ sent, answered }: Crossed): void {
    for (const text of answered) {
      // InvokeModel's stream holds what the model wrote in base64.
      const inBytes = firstGroups(text, /"bytes":"([A-Za-z0-9+/=]+)"/g).map((bytes) => Buffer.from(bytes, "base64"));
      for (const written of [text, ...inBytes.map(String)]) {
        for (const quote of quotesIn(written)) this.quotes.add(quote);
      }
      for (const secret of firstGroups(text, /<(?:SecretAccessKey|SessionToken)>([^<]+)</g)) this.secrets.add(secret);
    }
    for (const text of sent) {
      for (const signature of firstGroups(text, /Signature=([0-9a-f]{64})/g)) this.secrets.add(signature);
    }
  }
}

function firstGroups(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, group = ""]) => group);
}
