/** How a command ends, for scripts. 130 means interrupted (Ctrl-C), as shells have it. */
export const exitCodes = { ok: 0, failure: 1, usage: 2, infeasible: 3, awsAccess: 4, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
