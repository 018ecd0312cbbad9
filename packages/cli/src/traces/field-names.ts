/** What a trace may tell of a call. */
export const fieldNames = ["time", "input", "output", "model", "tenant", "maxTokens", "priority"] as const;
export type FieldName = (typeof fieldNames)[number];

/** The names traces use, lower case and without anything but letters and digits; the likelier first. */
const synonyms: Readonly<Record<FieldName, readonly string[]>> = {
  time: [
    "timestamp", "time", "ts", "at", "atms", "timestampms", "timems", "arrivedat", "arrivaltime", "arrival",
    "arrivaltimestamp", "arrivaltimems", "starttime", "startedat", "requesttime", "requestedat", "createdat", "datetime",
    "eventtime", "date",
  ], // prettier-ignore
  input: [
    "input", "inputtokens", "prompttokens", "contexttokens", "requesttokens", "tokensin", "inputtokencount", "inputlength",
    "promptlen", "promptlength", "numprefilltokens", "numinputtokens", "prompttokencount",
  ], // prettier-ignore
  output: [
    "output", "outputtokens", "completiontokens", "generatedtokens", "responsetokens", "tokensout", "outputtokencount",
    "outputlength", "outputlen", "numdecodetokens", "numoutputtokens", "completiontokencount",
  ], // prettier-ignore
  model: ["model", "modelid", "modelname", "deployment"],
  tenant: ["tenant", "tenantid", "team", "customer", "customerid", "client", "clientid", "app", "user", "userid"],
  maxTokens: ["maxtokens", "maxoutputtokens", "maxcompletiontokens", "maxnewtokens"],
  priority: ["priority"],
};

/** What people are told of the names. */
export const expectedNames =
  "columns for the time, the input and the output tokens, such as timestamp,input,output[,model,tenant,max_tokens,priority]";

/** Which of a trace's own names stands for which field, as far as they are there; undefined: not all that are needed. */
export function fieldsAmong(names: readonly string[]): ReadonlyMap<FieldName, string> | undefined {
  const own = new Map(names.map((name) => [bareName(name), name]));
  const found = new Map<FieldName, string>();
  for (const field of fieldNames) {
    const synonym = synonyms[field].find((each) => own.has(each));
    const name = synonym === undefined ? undefined : own.get(synonym);
    if (name !== undefined) found.set(field, name);
  }
  return found.has("time") && found.has("input") && found.has("output") ? found : undefined;
}

/** Whether a name is one that traces use. */
export function isFieldName(name: string): boolean {
  const bare = bareName(name);
  return fieldNames.some((field) => synonyms[field].includes(bare));
}

function bareName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z\d]/g, "");
}

/** A name that ends in its unit says so: `at_ms`, `timestampMs`. */
export function isInMs(name: string): boolean {
  return /(?:_ms|Ms|MS)$/.test(name);
}
