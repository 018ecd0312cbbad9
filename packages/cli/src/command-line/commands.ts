import { doctorDeclaration } from "../doctor/doctor-declaration.ts";
import { iamDeclaration } from "../iam/iam-declaration.ts";
import { quotasDeclaration } from "../quotas/quotas-declaration.ts";
import type { CommandDeclaration } from "./command-declaration.ts";

/** Every command, in the order `shardrock --help` lists them. A new one is a line here. */
export const commands: readonly CommandDeclaration[] = [doctorDeclaration, quotasDeclaration, iamDeclaration];
