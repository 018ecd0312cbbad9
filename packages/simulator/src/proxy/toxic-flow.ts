import type { Socket } from "node:net";
import type { Clock, Random } from "@shardrock/core";
import type { DataToxic } from "./toxic.ts";

export interface ToxicFlowOptions {
  readonly from: Socket;
  readonly to: Socket;
  readonly toxics: readonly DataToxic[];
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the whole connection: orderly, or as if it had been reset. */
  readonly close: (how: "end" | "reset") => void;
}

interface Chunk {
  readonly bytes: Buffer;
  readonly atMs: number;
}

/** One direction of a connection: what arrives goes on as the toxics let it. */
export class ToxicFlow {
  readonly #options: ToxicFlowOptions;
  readonly #waiting: Chunk[] = [];
  #sent = 0;
  #hasEnded = false;
  #isBusy = false;

  constructor(options: ToxicFlowOptions) {
    this.#options = options;
    const { from, clock, close } = options;
    const silence = this.#toxic("timeout");
    const reset = this.#toxic("reset_peer");
    if (silence !== undefined && silence.timeoutMs > 0) clock.timer(silence.timeoutMs, () => close("end"));
    if (reset !== undefined) clock.timer(reset.timeoutMs, () => close("reset"));
    from.on("data", (bytes: Buffer) => {
      if (silence !== undefined) return;
      this.#waiting.push({ bytes, atMs: clock.monotonicMs() });
      void this.#move();
    });
    from.on("end", () => {
      this.#hasEnded = true;
      void this.#move();
    });
  }

  /** Bytes that went through. */
  get sent(): number {
    return this.#sent;
  }

  async #move(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let chunk = this.#waiting.shift(); chunk !== undefined; chunk = this.#waiting.shift()) await this.#pass(chunk);
    this.#isBusy = false;
    if (!this.#hasEnded || this.#toxic("timeout") !== undefined) return;
    const { to } = this.#options;
    await this.#sleep(this.#toxic("slow_close")?.delayMs);
    if (!to.destroyed) to.end();
  }

  async #pass({ bytes, atMs }: Chunk): Promise<void> {
    const { clock, random } = this.#options;
    const latency = this.#toxic("latency");
    if (latency !== undefined) {
      const jitterMs = (latency.jitterMs ?? 0) * (random() * 2 - 1);
      await this.#sleep(atMs + latency.latencyMs + jitterMs - clock.monotonicMs());
    }
    for (const [index, piece] of this.#slices(bytes).entries()) {
      if (index > 0) await this.#sleep(this.#toxic("slicer")?.delayMs ?? 0);
      await this.#write(piece);
    }
  }

  #slices(bytes: Buffer): readonly Buffer[] {
    const slicer = this.#toxic("slicer");
    if (slicer === undefined) return [bytes];
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += pieces.at(-1)?.length ?? 1) {
      const variation = Math.round((slicer.variationBytes ?? 0) * (this.#options.random() * 2 - 1));
      pieces.push(bytes.subarray(at, at + Math.max(1, slicer.averageBytes + variation)));
    }
    return pieces;
  }

  async #write(piece: Buffer): Promise<void> {
    const { to, close } = this.#options;
    const bandwidth = this.#toxic("bandwidth");
    if (bandwidth !== undefined) await this.#sleep((piece.length / bandwidth.bytesPerSecond) * 1e3);
    const left = (this.#toxic("limit_data")?.bytes ?? Number.POSITIVE_INFINITY) - this.#sent;
    const fitting = piece.length > left ? piece.subarray(0, Math.max(0, left)) : piece;
    if (to.destroyed || to.writableEnded) return;
    this.#sent += fitting.length;
    to.write(fitting);
    if (fitting.length < piece.length) close("end");
  }

  async #sleep(ms: number | undefined): Promise<void> {
    if (ms !== undefined) await this.#options.clock.sleep(ms);
  }

  #toxic<Kind extends DataToxic["kind"]>(kind: Kind): Extract<DataToxic, { readonly kind: Kind }> | undefined {
    return this.#options.toxics.find(
      (toxic): toxic is Extract<DataToxic, { readonly kind: Kind }> => toxic.kind === kind,
    );
  }
}
