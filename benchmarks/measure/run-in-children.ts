import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";

export interface RunInChildrenOptions<Result> {
  /** A module that answers every message, which is a job, with its result. */
  readonly file: URL;
  /** Children at a time; one for each core unless told. */
  readonly processes?: number | undefined;
  /** Called with each result and its job's place, in the order they come. */
  readonly onResult: (place: number, result: Result) => void;
}

/** Runs every job, by its place in a list, in child processes that take one after the other. */
export async function runInChildren<Result>(
  jobs: readonly (readonly [place: number, job: object])[],
  { file, processes = availableParallelism(), onResult }: RunInChildrenOptions<Result>,
): Promise<void> {
  const queue = jobs.values();
  const work = async (): Promise<void> => {
    const child = fork(file, { execArgv, serialization: "advanced" });
    for (const [place, job] of queue) onResult(place, await runJob<Result>(child, job));
    child.disconnect();
  };
  await Promise.all(Array.from({ length: Math.min(jobs.length, processes) }, work));
}

/**
 * On the built packages: what tsx makes of their sources while running takes a quarter more time. And with room for
 * young objects: calls that wait live long enough to be copied again and again otherwise.
 */
const execArgv = [
  ...process.execArgv.filter((argument) => !argument.includes("@shardrock/source")),
  "--max-semi-space-size=32",
];

function runJob<Result>(child: ChildProcess, job: object): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null): void =>
      reject(new Error(`a run ended early, by ${signal ?? `exit code ${code}`}`));
    child.once("exit", onExit);
    child.once("message", (result) => {
      child.off("exit", onExit);
      resolve(result as Result);
    });
    child.send(job);
  });
}
