import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { packageNames, readManifest, readText, workspaceRoot } from "./workspace.ts";

const topLevel =
  "packages examples benchmarks test package.json pnpm-workspace.yaml pnpm-lock.yaml tsconfig.base.json README.md SECURITY.md LICENSE node_modules";

it("keeps the top level to what a newcomer expects there", () => {
  const strangers = readdirSync(workspaceRoot).filter(
    (name) => !name.startsWith(".") && !topLevel.split(" ").includes(name),
  );

  expect(strangers).toEqual([]);
});

describe.each(packageNames.map((name) => ({ name, manifest: readManifest(`packages/${name}`) })))(
  "the package $name",
  ({ name, manifest }) => {
    it("is ESM under Apache-2.0 for Node 20.19 and up, without side effects", () => {
      expect(manifest).toMatchObject({
        name: `@shardrock/${name}`,
        license: "Apache-2.0",
        type: "module",
        sideEffects: false,
        engines: { node: ">=20.19.0" },
      });
      expect(manifest.private).toBeUndefined();
    });

    it("publishes its build without tests, and no entry that leads to sources", () => {
      const bin = manifest.bin === undefined ? [] : ["bin"];
      expect(manifest.files).toEqual([...bin, "dist", "!dist/.tsbuildinfo", "!dist/**/*.test.*"]);
      expect(manifest.publishConfig?.access).toBe("public");
      expect(JSON.stringify(manifest.publishConfig?.exports)).not.toContain("/src/");
    });

    it("offers the same entries in the workspace and published", () => {
      const withoutSource = JSON.stringify(manifest.exports, (key, value: unknown) =>
        key === "@shardrock/source" ? undefined : value,
      );

      expect(JSON.parse(withoutSource)).toEqual(manifest.publishConfig?.exports);
    });

    it("takes the Bedrock SDK from its user, so that both use one copy; a command has no user's code around it", () => {
      const isOwn = manifest.dependencies?.["@aws-sdk/client-bedrock-runtime"] !== undefined;
      expect(isOwn).toBe(manifest.bin !== undefined);
      if (name === "core") expect(manifest.peerDependencies).toHaveProperty("@aws-sdk/client-bedrock-runtime");
    });

    it("has a README", () => {
      expect(readText(`packages/${name}/README.md`)).toMatch(new RegExp(`^# ${manifest.name}\n`));
    });
  },
);
