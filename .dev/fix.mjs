import { runAttached } from "./command.mjs";

/** Lays out every file and mends what lint can mend by itself; answers with an exit code. */
export async function fix() {
  const lint = await runAttached("oxlint", ["--fix"]);
  const layout = await runAttached("prettier", ["--write", "--log-level=warn", "."]);
  return lint || layout;
}
