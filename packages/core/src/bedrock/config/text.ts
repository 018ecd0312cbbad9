import { LineCounter, parseDocument } from "yaml";
import type { Document, YAMLError } from "yaml";
import { ConfigError } from "./error.ts";
import type { ConfigProblem } from "./error.ts";
import { parseConfig } from "./parse.ts";
import type { Config } from "./shardrock-config.ts";
import { buildFleet } from "../fleet/build-fleet.ts";
import type { Findings } from "../fleet/findings.ts";
import { offsetOf } from "./yaml-offset.ts";

/** Aliases one document may use: enough to name a list of Regions once, too few to blow it up. */
const mostAliases = 100;

/** What follows the first faults of a syntax is mostly their echo. */
const mostFaults = 10;

/**
 * Checks a config written in YAML or JSON, targets included. JSON is read as YAML, which gives it lines and columns too.
 * @param name - what problems call the text: the file's name.
 * @param findings - what AWS tells, as for `buildFleet`.
 * @throws {ConfigError} `config-invalid` with every problem as `name:line:column`.
 */
export function parseConfigText(text: string, name: string, findings?: Findings): Config {
  const lines = new LineCounter();
  const positionAt = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const document = readDocument(text, lines, positionAt);
  const data = toData(document, name);
  try {
    const config = parseConfig(data);
    buildFleet(config, findings);
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(placed(error.problems, document, positionAt), { cause: error });
  }
}

/** Problems with their positions, in the order of the text. */
function placed(
  problems: readonly ConfigProblem[],
  document: Document.Parsed,
  positionAt: (offset: number) => string,
): readonly ConfigProblem[] {
  return problems
    .map((problem) => ({ problem, offset: offsetOf(document, problem.path) }))
    .toSorted((left, right) => left.offset - right.offset)
    .map(({ problem, offset }) => ({ ...problem, position: positionAt(offset) }));
}

/** Without the excerpts the parser would add: they could show an ExternalId. */
function readDocument(text: string, lineCounter: LineCounter, positionAt: (offset: number) => string): Document.Parsed {
  const document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true, logLevel: "error" });
  const faults = [...document.errors, ...document.warnings].slice(0, mostFaults);
  if (faults.length > 0) throw new ConfigError(faults.map((fault) => faultProblem(fault, positionAt)));
  return document;
}

/** Where the parser's messages begin to repeat the text, or to speak of its own API. */
const quotedText = /: | \\|;/;

function faultProblem({ pos, message }: YAMLError, positionAt: (offset: number) => string): ConfigProblem {
  return { path: [], message: message.split(quotedText)[0] ?? message, position: positionAt(pos[0]) };
}

function toData(document: Document.Parsed, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: mostAliases });
  } catch (cause) {
    const message = `has aliases without anchors, or more than ${mostAliases} of them`;
    throw new ConfigError([{ path: [], message, position: name }], { cause });
  }
}
