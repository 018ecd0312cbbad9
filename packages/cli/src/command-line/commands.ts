import { completionDeclaration } from "../completion/completion-declaration.ts";
import { demoDeclaration } from "../demo/demo-declaration.ts";
import { doctorDeclaration } from "../doctor/doctor-declaration.ts";
import { explainDeclaration } from "../explain/explain-declaration.ts";
import { iamDeclaration } from "../iam/iam-declaration.ts";
import { planDeclaration } from "../plan/plan-declaration.ts";
import { quotasDeclaration } from "../quotas/quotas-declaration.ts";
import { replayDeclaration } from "../replay/replay-declaration.ts";
import { fitDeclaration } from "../traces/commands/fit-declaration.ts";
import { generateDeclaration } from "../traces/commands/generate-declaration.ts";
import { traceDeclaration } from "../traces/commands/trace-declaration.ts";
import type { CommandDeclaration } from "./command-declaration.ts";

/** Every command, in the order `shardrock --help` lists them. A new one is a line here. */
export const commands: readonly CommandDeclaration[] = [
  demoDeclaration,
  planDeclaration,
  replayDeclaration,
  doctorDeclaration,
  quotasDeclaration,
  explainDeclaration,
  iamDeclaration,
  traceDeclaration,
  fitDeclaration,
  generateDeclaration,
  completionDeclaration,
];
