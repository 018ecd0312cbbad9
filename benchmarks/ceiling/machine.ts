import { availableParallelism, cpus } from "node:os";

/** What the figures were taken on, and when. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
}

export function thisMachine(): Machine {
  const cpu = cpus()[0]?.model.trim() ?? "unknown processor";
  return { date: new Date().toISOString(), cpu, cores: availableParallelism(), node: process.version };
}

export function sayMachine({ date, cpu, cores, node }: Machine): string {
  return `${date.slice(0, 10)}, ${cpu}, ${cores} cores, Node ${node.replace("v", "")}`;
}
