import type { HistoryLine } from "../history/history-line.ts";

/** Share of the time of all processes, 0 to 1, in which they did not ask the store: each went on with its part. */
export function timeAlone(lines: readonly HistoryLine[]): number {
  const aloneUs = new Map<string, number>();
  const sinceUs = new Map<string, number>();
  let allUs = 0;
  const ends = new Map(lines.flatMap((line) => (line.kind === "stop" ? [[line.process, line.atUs] as const] : [])));
  for (const line of lines) {
    if (line.kind === "begin") allUs += (ends.get(line.process) ?? line.atUs) - line.atUs;
    if (line.kind !== "news") continue;
    const { process, change, atUs } = line;
    const endUs = ends.get(process) ?? atUs;
    if (change === "local") sinceUs.set(process, Math.min(atUs, endUs));
    const beganUs = sinceUs.get(process);
    if (change !== "shared" || beganUs === undefined) continue;
    aloneUs.set(process, (aloneUs.get(process) ?? 0) + Math.min(atUs, endUs) - beganUs);
    sinceUs.delete(process);
  }
  for (const [process, beganUs] of sinceUs) {
    aloneUs.set(process, (aloneUs.get(process) ?? 0) + (ends.get(process) ?? beganUs) - beganUs);
  }
  return [...aloneUs.values()].reduce((sum, us) => sum + us, 0) / Math.max(1, allUs);
}
