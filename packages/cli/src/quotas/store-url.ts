import { UsageError } from "../command-line/usage-error.ts";

/** Where a shared book lies, as it was told. */
export interface StoreUrl {
  /** With user and password: never to be printed. */
  readonly secret: string;
  /** `redis.example.com:6379`: without them. */
  readonly place: string;
}

/** @param told - by which option or variable, for whoever mistyped it. @throws {UsageError} which never shows the text: it may hold a password. */
export function storeUrl(text: string, told: string): StoreUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["redis:", "rediss:"].includes(url.protocol) || url.hostname === "") {
    throw new UsageError(
      `${told} must be a URL such as redis://host:6379 or, with TLS, rediss://user:password@host:6379, where % in a password is %25, @ is %40 and / is %2F`,
    );
  }
  if (!/^\/?\d{0,4}$/.test(url.pathname) || url.search !== "" || url.hash !== "") {
    throw new UsageError(
      `${told} may have the number of a database after its host, such as redis://host:6379/2, and nothing else`,
    );
  }
  for (const part of [url.username, url.password]) {
    if (decoded(part) === undefined) throw new UsageError(`${told} must have % as %25 in its user and password`);
  }
  return { secret: url.href, place: `${url.hostname}:${url.port === "" ? usualPort : url.port}` };
}

const usualPort = 6379;

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
