import { ShardrockError } from "../errors.ts";

/** Names of errors are identifiers; what is not one may hold anything, also content. */
const identifier = /^[A-Za-z_][\w.]{0,99}$/;

/**
 * The name by which AWS or the network calls an error, such as `ThrottlingException` or `ECONNRESET`.
 * @returns undefined for our own errors, which have a code, and for what has no name.
 */
export function errorNameOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof ShardrockError) return undefined;
  const code: unknown = Reflect.get(error, "code");
  const name = error.name === "Error" ? code : error.name;
  return typeof name === "string" && identifier.test(name) ? name : undefined;
}
