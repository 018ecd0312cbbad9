import { open, stat } from "node:fs/promises";
import { extname } from "node:path";
import { noFindings } from "../fleet/findings.ts";
import { ConfigError } from "./error.ts";
import { parseConfigText } from "./text.ts";
import type { Config } from "./shardrock-config.ts";

/** Largest config file, in bytes: 1 MiB. */
const largestFile = 2 ** 20;

const extensions: readonly string[] = [".yaml", ".yml", ".json"];

/** How a config file is read. */
export interface LoadOptions {
  /**
   * True: AWS is asked for quotas, profiles and ids, as `serviceQuotas()` of `@shardrock/quotas` does, so what the config leaves to
   * it is no problem. False unless told.
   */
  readonly asksAws?: boolean | undefined;
}

/**
 * Reads a config from a YAML or JSON file and checks all of it, targets included.
 * @param path - ends in `.yaml`, `.yml` or `.json`; at most 1 MiB of UTF-8.
 * @throws {ConfigError} `config-invalid` when the file cannot be read, or with every problem in it as `file:line:column`.
 */
export async function loadConfig(path: string, { asksAws = false }: LoadOptions = {}): Promise<Config> {
  if (!extensions.includes(extname(path).toLowerCase())) throw unusable(path, `must end in ${extensions.join(", ")}`);
  return parseConfigText(await readText(path), path, asksAws ? noFindings : undefined);
}

async function readText(path: string): Promise<string> {
  const bytes = await readBytes(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw unusable(path, "must be UTF-8 text", cause);
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  try {
    const file = await stat(path);
    if (file.isFile() && file.size <= largestFile) bytes = await readAtMost(path, largestFile + 1);
    else if (!file.isFile()) throw new TypeError("it is not a file");
  } catch (cause) {
    throw unusable(path, `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  if (bytes === undefined || bytes.byteLength > largestFile)
    throw unusable(path, `must be at most ${largestFile} bytes`);
  return bytes;
}

/** The first bytes of a file, never more: it may have grown since anybody looked at its size. */
async function readAtMost(path: string, most: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(most);
  const file = await open(path);
  try {
    let length = 0;
    let bytesRead = -1;
    while (bytesRead !== 0 && length < most) {
      ({ bytesRead } = await file.read(bytes, length, most - length));
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await file.close();
  }
}

function unusable(path: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError([{ path: [], message, position: path }], { cause });
}
