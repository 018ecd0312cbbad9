import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import type { Artefact } from "./artefact.ts";

/**
 * Writes what was made: each file of its own into a folder, or all of it into the one file that `out` names by an
 * extension. A file is there as a whole or not at all.
 * @returns the paths that were written.
 */
export async function writeArtefacts(
  artefacts: readonly Artefact[],
  out: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (extname(out) !== "" && !(await isFolder(out))) {
    await writeWhole(out, togetherText(artefacts), signal);
    return [out];
  }
  const paths: string[] = [];
  for (const { path, text } of artefacts) {
    const whole = join(out, path);
    await mkdir(dirname(whole), { recursive: true });
    await writeWhole(whole, text, signal);
    paths.push(whole);
  }
  return paths;
}

/** All of it as one text: a lone file as it is, several each under its name. */
export function togetherText(artefacts: readonly Artefact[]): string {
  const [only] = artefacts;
  if (artefacts.length === 1 && only !== undefined) return only.text;
  const isYaml = artefacts.every(({ path }) => path.endsWith(".yaml"));
  const parts = artefacts.map(({ path, use, text }) => `# ${path}: ${use}\n${text}`);
  return parts.join(isYaml ? "---\n" : "\n");
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function writeWhole(path: string, text: string, signal: AbortSignal): Promise<void> {
  const beside = `${path}.partial`;
  try {
    await writeFile(beside, text, { signal });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
