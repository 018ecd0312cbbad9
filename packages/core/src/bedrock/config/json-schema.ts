import { z } from "zod";
import { configSchema } from "./schema.ts";

/**
 * JSON Schema of the config, for editors: save it and point `# yaml-language-server: $schema=` or `"$schema"` at it.
 * It knows shapes, not references, so `parseConfig` refuses more.
 * @returns draft 7, the newest most editors read.
 */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  return { title: "Shardrock config", ...z.toJSONSchema(configSchema, { io: "input", target: "draft-7" }) };
}
