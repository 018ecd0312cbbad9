import { isRecord } from "../config/plain-data.ts";

/**
 * What may be known of an error of AWS, of the SDK or of the network once it leaves this library. Every fact has its
 * narrow form, so that none can carry content; what does not fit is left out.
 */
export interface ErrorFacts {
  readonly name: string;
  readonly fault: "client" | "server" | undefined;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;
  /** As the SDK counts, which sends once. */
  readonly sdkAttempts: number | undefined;
  readonly clockSkewCorrected: boolean;
  /** Undefined: AWS does not call it retryable. */
  readonly retryable: { readonly throttling: boolean } | undefined;
  /** Such as `ECONNRESET`. */
  readonly code: string | undefined;
  readonly syscall: string | undefined;
  readonly errno: number | undefined;
  /** The provider's own words. They may quote the prompt. */
  readonly message: string;
}

/** Reads an error, whatever it is; never throws. */
export function errorFacts(error: unknown): ErrorFacts {
  try {
    return read(isRecord(error) ? error : {});
  } catch {
    return read({}); // a getter or a proxy that throws has nothing to say
  }
}

type Fields = Readonly<Record<string, unknown>>;

function read(error: Fields): ErrorFacts {
  const fault = error["$fault"];
  const metadata = fieldsOf(error["$metadata"]);
  const retryable = error["$retryable"];
  return {
    name: matching(error["name"], namePattern) ?? "Error",
    fault: fault === "client" || fault === "server" ? fault : undefined,
    httpStatus: whole(metadata["httpStatusCode"], 100, 599),
    requestId: matching(metadata["requestId"], idPattern),
    sdkAttempts: whole(metadata["attempts"], 0, 1_000),
    clockSkewCorrected: metadata["clockSkewCorrected"] === true,
    retryable: isRecord(retryable) ? { throttling: retryable["throttling"] === true } : undefined,
    code: matching(error["code"], codePattern),
    syscall: matching(error["syscall"], syscallPattern),
    errno: whole(error["errno"], -100_000, 100_000),
    message: typeof error["message"] === "string" ? error["message"] : "",
  };
}

/** A class's name or an error code; no text has this form. */
const namePattern = /^[A-Za-z][\w.]{0,63}$/;

/** UUIDs in the main. */
const idPattern = /^[\w.:=/+-]{1,80}$/;

/** `ECONNRESET`, `ERR_STREAM_PREMATURE_CLOSE`, `HPE_INVALID_CONSTANT`. */
const codePattern = /^[A-Z][A-Z0-9_]{1,63}$/;

const syscallPattern = /^[a-z]{2,20}$/;

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

function matching(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === "string" && pattern.test(value) ? value : undefined;
}

function whole(value: unknown, least: number, most: number): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}
