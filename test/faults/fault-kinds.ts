/** What can go wrong with an attempt, and the rows of the fault table it stands for. */
export const faultRows = {
  "role-denied": [4],
  "sts-down": [1, 2],
  "sts-hangs": [3],
  "session-expired": [7],
  "clock-skewed": [8],
  "model-denied": [19],
  "model-gone": [19],
  "model-not-ready": [19],
  "connect-refused": [42],
  "dns-fails": [42],
  "tls-fails": [42],
  "throttled-early": [18, 41],
  "throttled-vaguely": [18, 41],
  "throttled-though-processed": [41],
  "quota-exceeded": [18],
  overloaded: [10],
  "overloaded-529": [10],
  "failed-before": [10, 41],
  "failed-after": [10, 41],
  "model-error": [10],
  "model-timeout": [10],
  "page-of-proxy": [42],
  reset: [16],
  "black-hole": [12],
  slow: [10, 13],
  brownout: [10, 11],
  "stream-throttled-early": [14],
  "stream-throttled-late": [15],
  "stream-cut-early": [16],
  "stream-cut-late": [15, 16],
  "stream-without-end": [16],
  "stream-goes-quiet": [12, 13],
  "frame-broken": [17],
  "usage-unreadable": [27],
} as const satisfies Record<string, readonly number[]>;

export type FaultKind = keyof typeof faultRows;

export const faultKinds = Object.keys(faultRows) as FaultKind[];

/** Faults that only a stream can have. */
export function needsStream(kind: FaultKind): boolean {
  return kind.startsWith("stream-") || kind === "frame-broken";
}

/** What one fault looks like on the wire or before it; AWS's words quote a prompt, which must go nowhere. */
export interface FaultAnswer {
  /** HTTP status; undefined: no answer came. */
  readonly status?: number;
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly syscall?: string;
  /** Milliseconds until it is known. */
  readonly afterMs: number;
}

export const promptCanary = "canary-of-a-prompt";

const said = (status: number, name: string, message = `said of ${promptCanary}`): FaultAnswer => ({
  status,
  name,
  message,
  afterMs: 60,
});

/** Answers that come in place of AWS taking the call. */
export const unprocessedAnswers: Partial<Record<FaultKind, FaultAnswer>> = {
  "session-expired": said(403, "ExpiredTokenException"),
  "clock-skewed": said(403, "InvalidSignatureException"),
  "model-denied": said(403, "AccessDeniedException"),
  "model-gone": said(404, "ResourceNotFoundException"),
  "model-not-ready": said(429, "ModelNotReadyException"),
  "throttled-early": said(429, "ThrottlingException", "Too many tokens, please wait before trying again."),
  "throttled-vaguely": said(429, "TooManyRequestsException"),
  "quota-exceeded": said(400, "ServiceQuotaExceededException"),
  overloaded: said(503, "ServiceUnavailableException"),
  "overloaded-529": said(529, "overloaded_error"),
  "failed-before": said(500, "InternalServerException"),
  "page-of-proxy": said(502, "SyntaxError"),
  "connect-refused": { name: "Error", code: "ECONNREFUSED", syscall: "connect", message: "connect", afterMs: 10 },
  "dns-fails": { name: "Error", code: "ENOTFOUND", syscall: "getaddrinfo", message: "getaddrinfo", afterMs: 10 },
  "tls-fails": { name: "Error", code: "CERT_HAS_EXPIRED", message: "certificate has expired", afterMs: 10 },
};

/** Answers that come after AWS took the call and worked on it. */
export const processedAnswers: Partial<Record<FaultKind, FaultAnswer>> = {
  "failed-after": said(500, "InternalServerException"),
  "model-error": said(424, "ModelErrorException"),
  "model-timeout": said(408, "ModelTimeoutException"),
  reset: { name: "Error", code: "ECONNRESET", syscall: "read", message: "read ECONNRESET", afterMs: 400 },
  "throttled-though-processed": said(429, "ThrottlingException", "Too many requests, please wait before trying again."),
};

/** An error as the SDK would throw it. */
export function errorOf({ status, name, message, code, syscall }: FaultAnswer): Error {
  const facts = {
    ...(code !== undefined && { code }),
    ...(syscall !== undefined && { syscall }),
    ...(status !== undefined && { $metadata: { httpStatusCode: status } }),
  };
  return Object.assign(new Error(message), { name }, facts);
}
