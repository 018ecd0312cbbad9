/** AWS answered with an error, and no SDK made one of it. It has the shape of the SDK's, which `classify` and `safeError` read. */
export class AnswerError extends Error {
  /** As AWS calls it, such as `ThrottlingException` or `rate_limit_error`; `http_400` when it does not say. */
  override readonly name: string;
  readonly $fault: "client" | "server";
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId: string | undefined };

  constructor(name: string, message: string, metadata: AnswerError["$metadata"]) {
    super(message);
    this.name = /^[A-Za-z][\w.]{0,63}$/.test(name) ? name : `http_${metadata.httpStatusCode}`;
    this.$fault = metadata.httpStatusCode < 500 ? "client" : "server";
    this.$metadata = metadata;
  }
}
