import { type JsonObject, objectOf } from "./json-object.ts";
import { countWordTokens } from "./simulated-tokenizer.ts";

/** Members of a body that are described to the model rather than said to it; their JSON counts. */
const described = new Set(["toolConfig", "tools"]);

/**
 * True input tokens of a request, 1 or more: the text in these members of its body, and the JSON of tools and their
 * use; images and documents count nothing here.
 */
export function countPromptTokens(body: JsonObject, members: readonly string[]): number {
  const tokens = members.map((member) => {
    const value = body[member];
    return described.has(member) && value !== undefined ? countWordTokens(JSON.stringify(value)) : countBlocks(value);
  });
  return Math.max(
    1,
    tokens.reduce((sum, each) => sum + each, 0),
  );
}

function countBlocks(content: unknown): number {
  if (typeof content === "string") return countWordTokens(content);
  if (Array.isArray(content)) return content.reduce<number>((sum, block) => sum + countBlocks(block), 0);
  const block = objectOf(content);
  const toolUse = objectOf(block["toolUse"])["input"] ?? block["input"] ?? block["json"] ?? block["tool_calls"];
  const said = [block["text"], block["message"], block["output"], block["arguments"]];
  const nested = objectOf(block["toolResult"])["content"] ?? block["content"];
  return (
    said.reduce<number>((sum, text) => sum + (typeof text === "string" ? countWordTokens(text) : 0), 0) +
    (toolUse === undefined ? 0 : countWordTokens(JSON.stringify(toolUse))) +
    (nested === undefined ? 0 : countBlocks(nested))
  );
}
