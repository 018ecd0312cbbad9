/** Variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that is set although it changes nothing here. */
export interface IneffectiveVariable {
  readonly name: string;
  /** Names the variable and says why, never its value. */
  readonly message: string;
}

/** The variables of this process, read in this one place. */
export function processEnvironment(): Environment {
  return process.env;
}

/**
 * The variables that are set, would change what a client of the AWS SDK does, and have no effect here.
 * Source: tried with client-bedrock-runtime 3.1163: the first sends every call as one account, the endpoints send prompts
 * and signatures elsewhere, the last two make a second layer of retries (2026-11-22).
 */
export function ineffectiveVariables(env: Environment): readonly IneffectiveVariable[] {
  const names = Object.keys(env).filter((name) => env[name] !== undefined && env[name] !== "");
  return names
    .flatMap((name) => {
      const why = reasons.get(name) ?? (endpointOfService.test(name) ? endpoints : undefined);
      return why === undefined
        ? []
        : [{ name, message: `${name} is set in the environment and has no effect: ${why}` }];
    })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

const endpoints = "requests go to AWS's own endpoints, or to those under endpoints in the config";
const retries = "the router is the only layer that tries again";
const endpointOfService = /^AWS_ENDPOINT_URL_[A-Z0-9_]{1,64}$/;

const reasons: ReadonlyMap<string, string> = new Map([
  ["AWS_BEARER_TOKEN_BEDROCK", "every call is signed by a session of the account it goes to"],
  ["AWS_ENDPOINT_URL", endpoints],
  ["AWS_MAX_ATTEMPTS", retries],
  ["AWS_RETRY_MODE", retries],
]);
