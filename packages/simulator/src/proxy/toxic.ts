/** Which way data goes: from the client, or to it. */
export type ToxicStream = "upstream" | "downstream";

/**
 * What the network does to every connection. Names and meaning as in toxiproxy, times in ms, sizes in bytes.
 * - `latency`: data comes so much later, give or take `jitterMs`.
 * - `down`: nobody listens; what is connected is cut off. Has no stream.
 * - `bandwidth`: data comes no faster.
 * - `slow_close`: a connection that ends is closed so much later.
 * - `timeout`: no data comes through; the connection is closed after `timeoutMs`, or stays when that is 0.
 * - `reset_peer`: the connection is reset so long after it was made.
 * - `slicer`: data comes in pieces of about `averageBytes`, `delayMs` apart.
 * - `limit_data`: the connection is closed after so many bytes.
 *
 * Source: Shopify/toxiproxy, README, "Toxics" (read 2026-11-22).
 */
export type Toxic = Down | (DataToxic & { readonly stream?: ToxicStream });

interface Down {
  readonly kind: "down";
}

/** A toxic of one direction, `downstream` unless told. */
export type DataToxic =
  | { readonly kind: "latency"; readonly latencyMs: number; readonly jitterMs?: number }
  | { readonly kind: "bandwidth"; readonly bytesPerSecond: number }
  | { readonly kind: "slow_close"; readonly delayMs: number }
  | { readonly kind: "timeout"; readonly timeoutMs: number }
  | { readonly kind: "reset_peer"; readonly timeoutMs: number }
  | {
      readonly kind: "slicer";
      readonly averageBytes: number;
      readonly variationBytes?: number;
      readonly delayMs?: number;
    }
  | { readonly kind: "limit_data"; readonly bytes: number };
