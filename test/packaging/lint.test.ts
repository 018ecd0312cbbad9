import { beforeAll, describe, expect, it } from "vitest";
import { lint } from "./lint-fixture.ts";

/** A file, and the rule it breaks; undefined: none. */
interface Row {
  readonly path: string;
  readonly source: string;
  readonly rule: string | undefined;
}

let rowCount = 0;

/** @param path - `*` becomes a name of its own, so that one run of the linter can judge all rows. */
function row(path: string, source: string, rule?: string): Row {
  rowCount += 1;
  return { path: path.replace("*", `case-${rowCount}`), source: `${source}\n`, rule };
}

const core = "packages/core/src/*.ts";

const importsOf = (path: string, specifier: string, rule?: string): Row =>
  row(path, `export { x } from "${specifier}";`, rule);
const allowed = (path: string, specifier: string): Row => importsOf(path, specifier);
const forbidden = (path: string, specifier: string): Row => importsOf(path, specifier, "import-direction");

const directions: readonly Row[] = [
  allowed(core, "./bedrock/classify.ts"),
  forbidden(core, "@shardrock/simulator"),
  forbidden("packages/core/src/errors.ts", "./budget/ledger.ts"),
  allowed("packages/core/src/budget/*.ts", "../clock.ts"),
  forbidden("packages/core/src/budget/*.ts", "../routing/router.ts"),
  forbidden("packages/core/src/budget/*.ts", "../index.ts"),
  forbidden("packages/core/src/budget/*.ts", "@smithy/types"),
  forbidden("packages/core/src/budget/*.ts", "node:fs"),
  allowed("packages/core/src/budget/*.test.ts", "fast-check"),
  forbidden("packages/core/src/budget/*.test.ts", "@shardrock/simulator"),
  allowed("packages/core/src/routing/*.ts", "../budget/ledger.ts"),
  allowed("packages/core/src/routing/*.ts", "../listener-limit.ts"),
  allowed("packages/core/src/routing/*.ts", "p-queue"),
  allowed("packages/core/src/routing/*.ts", "lru-cache"),
  forbidden("packages/core/src/routing/*.ts", "node:diagnostics_channel"),
  forbidden("packages/core/src/routing/*.ts", "../bedrock/classify.ts"),
  forbidden("packages/core/src/routing/*.ts", "@aws-sdk/client-bedrock-runtime"),
  allowed("packages/core/src/bedrock/*.ts", "../routing/router.ts"),
  allowed("packages/core/src/bedrock/*.ts", "@aws-sdk/client-sts"),
  allowed("packages/simulator/src/*.ts", "@shardrock/core"),
  forbidden("packages/simulator/src/*.ts", "../../core/src/clock.ts"),
  allowed("packages/simulator/src/limiters/*.ts", "./limiter.ts"),
  forbidden("packages/simulator/src/limiters/*.ts", "../simulated-bedrock.ts"),
  forbidden("packages/simulator/src/limiters/*.ts", "@shardrock/core"),
  allowed("packages/redis/src/*.ts", "@shardrock/core"),
  forbidden("packages/redis/src/*.ts", "@shardrock/failover"),
  allowed("packages/cli/src/*.ts", "@shardrock/redis"),
  forbidden("packages/unheard-of/src/*.ts", "@shardrock/core"),
  allowed("examples/*.ts", "@shardrock/simulator"),
  forbidden("examples/*.ts", "../packages/core/src/clock.ts"),
  row("packages/core/src/budget/*.ts", `export const y: unknown = import("../routing/router.ts");`, "import-direction"),
  row(
    "packages/core/src/budget/*.ts",
    `import type { A } from "../routing/router.ts";\nexport type B = A;`,
    "import-direction",
  ),
];

const readsOf = (path: string, expression: string, rule?: string): Row =>
  row(path, `export const y: unknown = ${expression};`, rule);

const timeAndChance: readonly Row[] = [
  ...[core, "packages/simulator/src/*.ts"].flatMap((path) => [
    readsOf(path, "Date.now()", "no-restricted-globals"),
    readsOf(path, "new Date()", "no-restricted-globals"),
    readsOf(path, "performance.now()", "no-restricted-globals"),
    readsOf(path, "setTimeout(String, 1)", "no-restricted-globals"),
    readsOf(path, "setInterval(String, 1)", "no-restricted-globals"),
    readsOf(path, "setImmediate(String)", "no-restricted-globals"),
    readsOf(path, "process.env", "no-restricted-globals"),
    readsOf(path, "globalThis.Date.now()", "no-restricted-globals"),
    readsOf(path, "Math.random()", "no-restricted-properties"),
    readsOf(path, "AbortSignal.timeout(5)", "no-restricted-properties"),
    importsOf(path, "node:timers/promises", "no-restricted-imports"),
  ]),
  readsOf("packages/core/src/clock.ts", "[Date.now(), performance.now(), setTimeout(String, 1)]"),
  readsOf("packages/core/src/random.ts", "Math.random()"),
  readsOf("packages/simulator/src/clock.ts", "[Date.now(), Math.random()]", "no-restricted-properties"),
  readsOf("packages/simulator/src/virtual-clock.ts", "setImmediate(String)"),
  readsOf("packages/core/src/*.test.ts", "[new Date(0), process.env]"),
  readsOf("packages/core/src/*.test.ts", "Date.now()", "no-restricted-properties"),
  readsOf("packages/core/src/*.test.ts", "setTimeout(String, 1)", "no-restricted-globals"),
  readsOf("benchmarks/*.ts", "[performance.now(), Math.random()]"),
];

const shape: readonly Row[] = [
  row(core, `export * from "./clock.ts";`, "no-export-all"),
  row(core, "export default 1;", "no-default-export"),
  row(core, "export const y = (x: any): unknown => x;", "no-explicit-any"),
  row(core, `console.log("x");`, "no-console"),
  row(core, "export const y = (x: unknown): 1 => x as 1;", "consistent-type-assertions"),
  row(core, `export const y = ["x"] as const;`),
  row("packages/core/src/*.test.ts", "export const y = (x: unknown): 1 => x as 1;"),
  row(
    "packages/core/src/*.test.ts",
    `import { vi } from "vitest";\nvi.mock("./clock.ts");`,
    "no-restricted-vi-methods",
  ),
  row("packages/core/src/*CamelCase.ts", "export const y = 1;", "filename-case"),
  row(core, "const _unused = 1;"),
  row(core, `export const y = [${"\n  1,".repeat(300)}\n];`, "max-lines"),
  row(core, "export const y = (a: 1, b: 1, c: 1, d: 1): number => a + b + c + d;", "max-params"),
  row(core, "export const y = (f: () => Promise<1>): void => {\n  f();\n};", "no-floating-promises"),
  row(core, "export const y = (f: (g: () => void) => void): void => f(async () => {});", "no-misused-promises"),
  row(
    core,
    `export const y = (x: "a" | "b"): void => {\n  switch (x) {\n    case "a":\n  }\n};`,
    "switch-exhaustiveness-check",
  ),
];

let broken: ReadonlyMap<string, readonly string[]>;

beforeAll(() => {
  const rows = [...directions, ...timeAndChance, ...shape];
  broken = lint(new Map(rows.map(({ path, source }) => [path, source])));
}, 60_000);

describe.each([
  { law: "imports point one way", rows: directions },
  { law: "time and chance are arguments", rows: timeAndChance },
  { law: "code has the shape STYLE asks for", rows: shape },
])("$law", ({ rows }) => {
  it.each(rows)("$path, $source", ({ path, rule }) => {
    expect(broken.get(path) ?? []).toEqual(rule === undefined ? [] : [rule]);
  });
});
