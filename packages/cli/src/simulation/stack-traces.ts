let runs = 0;
let limitBefore = 0;

/**
 * Does some work whose errors have no stack: refusals come by the million in a simulation, and nobody reads where they
 * were thrown. Works may overlap; after the last of them errors have stacks as before the first.
 */
export async function withoutStackTraces<T>(work: () => Promise<T>): Promise<T> {
  if (runs === 0) limitBefore = Error.stackTraceLimit;
  runs += 1;
  Error.stackTraceLimit = 0;
  try {
    return await work();
  } finally {
    runs -= 1;
    if (runs === 0) Error.stackTraceLimit = limitBefore;
  }
}
