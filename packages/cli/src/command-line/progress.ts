import type { Clock } from "@shardrock/core";
import type { TextStream } from "./host.ts";

export interface ProgressOptions {
  /** What is being done, in two or three words. */
  readonly label: string;
  /** How much there is to do, in any unit; undefined while nobody knows. */
  readonly total?: number | undefined;
}

/** How far something is. */
export interface Progress extends Disposable {
  /** @param done - in the unit of `total`, never less than before. @param total - when it is known only now. */
  readonly update: (done: number, total?: number) => void;
}

const quietMs = 2_000;
const redrawMs = 100;
const barWidth = 24;
const wipeLine = "\r\u001b[2K";

/** A bar with the time left, drawn over itself on a terminal, once two seconds have passed; nothing anywhere else. */
export function openProgress(
  { label, total }: ProgressOptions,
  { stderr, clock }: { readonly stderr: TextStream; readonly clock: Clock },
): Progress {
  if (!stderr.isTTY) return { update: () => {}, [Symbol.dispose]: () => {} };
  const startMs = clock.monotonicMs();
  let nextDrawMs = startMs + quietMs;
  let isDrawn = false;
  return {
    update(done, known = total) {
      const nowMs = clock.monotonicMs();
      if (nowMs < nextDrawMs) return;
      nextDrawMs = nowMs + redrawMs;
      isDrawn = true;
      const line = progressLine(label, { done, total: known, elapsedMs: nowMs - startMs });
      void stderr.write(`${wipeLine}${line.slice(0, (stderr.columns ?? 80) - 1)}`);
    },
    [Symbol.dispose]() {
      if (isDrawn) void stderr.write(wipeLine);
    },
  };
}

interface Standing {
  readonly done: number;
  readonly total: number | undefined;
  readonly elapsedMs: number;
}

/** `reading trace ███░░░  42 %, 12 s left`. */
export function progressLine(label: string, { done, total, elapsedMs }: Standing): string {
  if (total === undefined || !(total > 0)) return `${label} ${sayDuration(elapsedMs)}`;
  const share = Math.min(1, Math.max(0, done / total));
  const full = Math.round(share * barWidth);
  const bar = "█".repeat(full) + "░".repeat(barWidth - full);
  const left = share > 0 ? `, ${sayDuration((elapsedMs * (1 - share)) / share)} left` : "";
  return `${label} ${bar} ${String(Math.floor(share * 100)).padStart(3)} %${left}`;
}

/** `8 s`, `2 min 05 s`, `1 h 02 min`. */
export function sayDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const pad = (value: number): string => String(value).padStart(2, "0");
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  return `${Math.floor(seconds / 3_600)} h ${pad(Math.floor((seconds % 3_600) / 60))} min`;
}
