/** The part of a prompt that a call asks to be cached. */
export interface CachePrefix {
  /** The same key is the same beginning of a prompt; a longer prefix of it begins with every shorter one. */
  readonly key: string;
  /** Length, 0 or more. */
  readonly tokens: number;
}

/** How a prefix divides: what comes out of the cache, and what goes in. */
export interface CacheUse {
  readonly readTokens: number;
  readonly writeTokens: number;
}

/** Source: AWS, "Prompt caching for faster model inference": 5 minutes from the last hit (read 2026-11-22). */
const lifeMs = 300_000;

interface CachedPrefix {
  readonly tokens: number;
  readonly usedAtMs: number;
}

/**
 * The provider's prompt cache of one account, Region and model. What a call writes can be read from the moment the call
 * is let in; AWS does not say when, and answers take seconds.
 */
export class PromptCache {
  /** The one unused for longest first. */
  readonly #prefixes = new Map<string, CachedPrefix>();

  /** What a call would read and write now; changes nothing. */
  look({ key, tokens }: CachePrefix, nowMs: number): CacheUse {
    const cached = this.#prefixes.get(key);
    const isAlive = cached !== undefined && nowMs - cached.usedAtMs < lifeMs;
    const readTokens = isAlive ? Math.min(cached.tokens, tokens) : 0;
    return { readTokens, writeTokens: tokens - readTokens };
  }

  /** A call with this prefix was let in. */
  use({ key, tokens }: CachePrefix, nowMs: number): void {
    const { readTokens } = this.look({ key, tokens: Number.MAX_SAFE_INTEGER }, nowMs);
    this.#prefixes.delete(key);
    this.#prefixes.set(key, { tokens: Math.max(tokens, readTokens), usedAtMs: nowMs });
    for (const [oldest, { usedAtMs }] of this.#prefixes) {
      if (nowMs - usedAtMs < lifeMs) break;
      this.#prefixes.delete(oldest);
    }
  }
}
