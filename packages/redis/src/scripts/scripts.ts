import { beatScript } from "./beat.ts";
import { endScript } from "./end.ts";
import type { TimeSource } from "./lua/clock.ts";
import { mergeScript } from "./merge.ts";
import { openScript } from "./open.ts";
import { publishScript } from "./publish.ts";
import { readScript, ringsScript } from "./read.ts";
import { reserveScript } from "./reserve.ts";
import type { Script } from "./script.ts";
import { tellScript } from "./tell.ts";

/** The scripts that need the time. */
export type Scripts = Readonly<
  Record<"reserve" | "end" | "open" | "publish" | "read" | "rings" | "merge" | "beat" | "tell", Script>
>;

export function scriptsWith(time: TimeSource): Scripts {
  return {
    reserve: reserveScript(time),
    end: endScript(time),
    open: openScript(time),
    publish: publishScript(time),
    read: readScript(time),
    rings: ringsScript(time),
    merge: mergeScript(time),
    beat: beatScript(time),
    tell: tellScript(time),
  };
}
