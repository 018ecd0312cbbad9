import { root } from "./root.mjs";

/** What is broken on purpose, statement by statement, and the tests that must notice. */
const groups = {
  classification: {
    mutate: ["packages/core/src/bedrock/classify.ts"],
    tests: ["packages/core/src/bedrock/classify.test.ts"],
  },
  cooldown: {
    mutate: ["cooldown", "cooldowns", "proof"].map((name) => `packages/failover/src/${name}.ts`),
    tests: ["packages/failover/src/{cooldown,cooldowns,proof,failover-health}.test.ts"],
  },
  "commit-point": {
    mutate: [
      ...["open-stream", "shape", "converse-stream", "invoke-stream"].map(
        (name) => `packages/core/src/bedrock/streams/${name}.ts`,
      ),
      "packages/core/src/routing/running-attempt.ts",
    ],
    tests: [
      "packages/core/src/bedrock/streams/{guarded-stream,shape}.test.ts",
      "packages/core/src/routing/running-attempt.test.ts",
    ],
  },
};

/** Of the mutants of each group, in percent; fewer killed is a failure. */
const leastKilled = 80;

/**
 * Breaks what decides over failing over in every small way and counts how often the tests notice: minutes, so no part of
 * them. A way that keeps a file from loading at all counts as unnoticed.
 * @param names - of groups; all unless told.
 */
export async function mutate(names) {
  const unknown = names.find((name) => !Object.hasOwn(groups, name));
  if (unknown !== undefined) {
    console.error(`there is no group "${unknown}"; there are: ${Object.keys(groups).join(", ")}`);
    return 2;
  }
  const { Stryker } = await import("@stryker-mutator/core");
  const lines = [];
  for (const name of names.length > 0 ? names : Object.keys(groups)) {
    process.env.SHARDROCK_MUTATION_TESTS = JSON.stringify(groups[name].tests);
    const results = await new Stryker(optionsOf(name)).runMutationTest();
    lines.push(...tableOf(name, results));
  }
  console.log(lines.map(({ text }) => text).join("\n"));
  return lines.every(({ isEnough }) => isEnough) ? 0 : 1;
}

function optionsOf(name) {
  const folder = `.cache/mutation/${name}`;
  return {
    mutate: groups[name].mutate,
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
    coverageAnalysis: "perTest",
    concurrency: 2,
    // Not incremental: it takes over what survived of constants, whatever the tests have learned since.
    tempDirName: `${folder}/sandboxes`,
    reporters: ["clear-text", "html"],
    clearTextReporter: { logTests: false, reportTests: false, reportScoreTable: false, allowColor: false },
    htmlReporter: { fileName: `${folder}/report.html` },
    // The sandbox gets what the tests need; types are no matter of theirs.
    ignorePatterns: [".cache", "**/dist", "examples", "benchmarks"],
    tsconfigFile: "none.json",
    disableTypeChecks: false,
    allowEmpty: true,
  };
}

/** One line for each file, and one for the group, which is the one that must be enough. */
function tableOf(group, results) {
  const valid = results.filter(({ status }) => status !== "Ignored" && status !== "CompileError");
  const files = [...new Set(valid.map(({ fileName }) => fileName))];
  const rows = files.map((file) => ({
    text: `  ${file.slice(root.length)}: ${scoreOf(valid.filter(({ fileName }) => fileName === file)).text}`,
    isEnough: true,
  }));
  const { text, killed } = scoreOf(valid);
  return [{ text: `${group}: ${text}`, isEnough: killed >= leastKilled }, ...rows];
}

function scoreOf(mutants) {
  const noticed = mutants.filter(({ status }) => status === "Killed" || status === "Timeout").length;
  const killed = (100 * noticed) / mutants.length;
  return { killed, text: `${killed.toFixed(1)} % killed, ${mutants.length - noticed} of ${mutants.length} survived` };
}
