import { type Dialect, textOf, unnamed } from "./dialect.ts";

/** InvokeModel with a model nobody has heard of: its body says nothing of usage. */
export const unknownFamilyDialect: Dialect = {
  whole: (generated) => ({ completion: { pieces: generated.parts, whole: textOf(generated) } }),
  opening: () => [],
  delta: (_, part) => unnamed({ piece: part }),
  closing: () => [unnamed({ isDone: true })],
};
