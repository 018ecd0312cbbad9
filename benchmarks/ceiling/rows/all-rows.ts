import { overloaded } from "./overload.ts";
import type { Row } from "./row.ts";

export const allRows: readonly Row[] = [overloaded];
