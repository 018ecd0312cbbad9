import { ShardrockError } from "../../errors.ts";

const keptFields = ["name", "$metadata", "code", "syscall"];

/**
 * A copy of an error that leads neither to the request, which the SDK's own do by hidden properties, nor to its
 * signature, and whose text has none of the secrets: STS repeats a parameter it does not like.
 */
export function stsErrorWithout(secrets: readonly (string | undefined)[], error: unknown): Error {
  if (error instanceof ShardrockError) return error;
  if (!(error instanceof Error)) return new Error("the host's credentials failed, and said not why");
  const copied = keptFields.map((name) => [name, Reflect.get(error, name)]);
  return Object.assign(new Error(redactAll(secrets, error.message)), Object.fromEntries(copied));
}

function redactAll(secrets: readonly (string | undefined)[], text: string): string {
  return secrets.reduce<string>((left, secret) => (secret ? left.replaceAll(secret, "[redacted]") : left), text);
}
