import { isRecord } from "../config/plain-data.ts";
import { finishOf } from "../usage/answer/finish.ts";
import { noCounts } from "../usage/answer/token-usage.ts";
import { countsOfConverse } from "../usage/answer/usage-of-converse.ts";
import type { StreamShape } from "./shape.ts";
import { failureOfMember } from "./stream-failure.ts";

/** ConverseStream, and Nova's own streams: ends with `messageStop`; `metadata` with the usage comes after it. */
export const converseStream: StreamShape = {
  isContent: (event) => isRecord(event) && contentMembers.some((member) => event[member] !== undefined),
  closing(event) {
    if (!isRecord(event)) return undefined;
    const { messageStop, metadata } = event;
    if (messageStop !== undefined) return { isEnd: true, counts: noCounts, finish: finishOf(messageStop) };
    return isRecord(metadata) ? { isEnd: false, counts: countsOfConverse(metadata["usage"]) } : undefined;
  },
  failure: failureOfMember,
};

/** A stream of no content still ends with `messageStop`, which has to be handed out too. */
const contentMembers = ["contentBlockDelta", "contentBlockStart", "contentBlockStop", "messageStop"];
