import type { StreamShape } from "../streams/shape.ts";

/** One event of a streamed answer. */
export interface BodyEvent {
  /** What it says, as the shape of its API reads it. */
  readonly event: unknown;
  /** What the caller gets of it; none when it is for us alone. */
  readonly bytes: Uint8Array;
}

/** A shape that looks into body events. */
export function shapeOfBody(shape: StreamShape): StreamShape {
  return {
    isContent: (each) => shape.isContent(eventOf(each)),
    closing: (each) => shape.closing(eventOf(each)),
    failure: (each) => shape.failure(eventOf(each)),
  };
}

function eventOf(each: unknown): unknown {
  return typeof each === "object" && each !== null && "event" in each ? each.event : undefined;
}
