import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { loadConfig, ShardedBedrockRuntime } from "@shardrock/core";

const root = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

/** What a block may speak of without saying where it comes from: what the README's first block made. */
const given = `import type { ShardedBedrockRuntime } from "@shardrock/core";
declare global {
  var client: ShardedBedrockRuntime;
}
`;

/** Type-checks every block as a module among the examples, where all the SDKs are. */
async function typeErrors(blocks: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(root, "examples/.blocks-"));
  try {
    const files = { "given.d.ts": given, ...Object.fromEntries(blocks.map((code, at) => [`block-${at}.ts`, code])) };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `${text}\nexport {};\n`);
    const compilerOptions = { tsBuildInfoFile: "./.tsbuildinfo", rootDir: "../..", noUnusedLocals: false };
    const project = { extends: "../tsconfig.json", compilerOptions, files: Object.keys(files), references: [] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
    const { stdout } = await run(join(root, "node_modules/.bin/tsc"), ["-p", folder]).catch(
      (failed: { readonly stdout: string }) => failed,
    );
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function blocksOf(file: string, language: string): readonly string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, code = ""]) => code);
}

it("every block of TypeScript compiles, and one that does not would be noticed", async () => {
  const blocks = ["README.md", "packages/core/README.md", "packages/redis/README.md"].flatMap((file) =>
    blocksOf(file, "ts"),
  );

  const errors = await typeErrors([...blocks, "client.converze({});"]);

  expect(blocks.length).toBeGreaterThanOrEqual(4);
  expect(errors.trim().split("\n")).toEqual([expect.stringMatching(`block-${blocks.length}.*converze`)]);
}, 60_000);

it("the README's config is one that a client takes", async () => {
  const [yaml = ""] = blocksOf("README.md", "yaml");
  const folder = mkdtempSync(join(root, "examples/.config-"));
  try {
    writeFileSync(join(folder, "router.yaml"), yaml);

    new ShardedBedrockRuntime(await loadConfig(join(folder, "router.yaml"))).destroy();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("the README's policies are JSON", () => {
  const policies = blocksOf("README.md", "json").map((text): unknown => JSON.parse(text));

  expect(policies).toEqual([
    expect.objectContaining({ Version: "2012-10-17" }),
    expect.objectContaining({ Version: "2012-10-17" }),
  ]);
});
