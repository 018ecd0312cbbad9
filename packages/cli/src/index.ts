export { main } from "./command-line/main.ts";
export type { Host, TextStream } from "./command-line/host.ts";
export type { ExitCode } from "./command-line/exit-code.ts";
export type { CommandDeclaration, CommandModule } from "./command-line/command-declaration.ts";
export type { TraceCall } from "./traces/trace-call.ts";
export { simulate, type SimulateOptions, type SimulationProgress } from "./simulation/simulate.ts";
export type { SimulationReport } from "./simulation/simulation-report.ts";
