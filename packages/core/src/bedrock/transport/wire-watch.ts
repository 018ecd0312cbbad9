import { isRecord } from "../config/plain-data.ts";

/** What was seen of one request on its way. */
export interface WireWatch {
  /** It was handed to the transport: from here on AWS may have it. */
  isSent: boolean;
  /** Of the answer, names in lower case as Node gives them; empty until it comes. */
  headers: Readonly<Record<string, unknown>>;
}

interface Stack {
  add(
    middleware: <Args, Result>(next: (args: Args) => Promise<Result>) => (args: Args) => Promise<Result>,
    options: { readonly step: "deserialize"; readonly priority: "low"; readonly name: string },
  ): void;
}

/** Watches a command from the last place before the transport, where the answer is still raw. */
export function watchWire(stack: Stack): WireWatch {
  const watch: WireWatch = { isSent: false, headers: {} };
  const watching =
    <Args, Result>(next: (args: Args) => Promise<Result>) =>
    async (args: Args): Promise<Result> => {
      watch.isSent = true;
      const result = await next(args);
      watch.headers = headersOf(result);
      return result;
    };
  stack.add(watching, { step: "deserialize", priority: "low", name: "shardrockWireWatch" });
  return watch;
}

function headersOf(result: unknown): Readonly<Record<string, unknown>> {
  const response = isRecord(result) ? result["response"] : undefined;
  const headers = isRecord(response) ? response["headers"] : undefined;
  return isRecord(headers) ? headers : {};
}
