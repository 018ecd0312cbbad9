import { stat } from "node:fs/promises";
import { type Config, loadConfig, type LoadOptions } from "@shardrock/core";
import type { CommandContext } from "./command-context.ts";
import { regionNotes } from "./region-notes.ts";

/**
 * Reads the config that was typed, and notes Regions that look mistyped.
 * @throws {Error} of the file system, when there is no such file: the frame says what there is. @throws {ConfigError}
 */
export async function readConfig(name: string, context: CommandContext, options: LoadOptions = {}): Promise<Config> {
  const path = context.pathOf(name);
  await stat(path);
  const config = await loadConfig(path, options);
  for (const note of regionNotes(config)) await context.note(note);
  return config;
}
