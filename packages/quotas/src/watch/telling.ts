import { ConfigError, type Findings, type QuotaHost, type QuotaNews, ShardrockError } from "@shardrock/core";
import type { KnownPlaces } from "../known/known-places.ts";
import type { Later } from "./later.ts";
import { LimitNews } from "./limit-news.ts";

export interface TellingOptions {
  readonly host: QuotaHost;
  readonly known: KnownPlaces;
  readonly later: Later;
}

/** What several places bring within this is told together: each time the router's targets are made anew. */
const togetherMs = 1_000;
/** How often limits take a step up. */
const rampStepMs = 15_000;

/** Tells the router what is known, and whoever listens what became of it. */
export class Telling {
  readonly #options: TellingOptions;
  readonly #limitNews = new LimitNews();
  readonly #untold: QuotaNews[] = [];
  /** The ids in force. */
  #idsOf: Findings["idsOf"] = () => [];

  constructor(options: TellingOptions) {
    this.#options = options;
  }

  /** Something else is known than before. */
  soon(): void {
    this.#options.later.soon("take", { ms: togetherMs }, () => this.now());
  }

  /** At once, where something waits to be told. */
  rest(): void {
    if (this.#options.later.has("take")) this.now();
  }

  now(): void {
    const { host, known, later } = this.#options;
    later.stop("take");
    const findings = known.findings(host.config);
    if (this.#take(findings)) this.#idsOf = (model, place) => findings.idsOf(model, place);
    // Limits and Regions follow AWS also where the config has no room for new ids.
    else this.#take({ ...findings, idsOf: this.#idsOf });
    this.#untold.push(...this.#limitNews.since(host, known.all));
    this.#warnOfDefaults();
    // Whoever is to hear them may not listen yet.
    if (this.#untold.length > 0) later.soon("tell", { ms: 0 }, () => this.#tellNews());
    if (known.isRamping) later.soon("ramp", { ms: rampStepMs }, () => this.now());
  }

  /** @returns whether it is in force. What is wrong is told, and ends neither the watch nor the process. */
  #take(findings: Findings): boolean {
    const { host } = this.#options;
    try {
      host.take(findings);
      return true;
    } catch (error) {
      if (error instanceof ShardrockError && error.code === "closed") return true; // nobody needs limits any more
      const why = error instanceof ConfigError ? error.message : "it could not be taken over";
      host.warn("quotas-not-taken", `what AWS tells of quotas is not all in force: ${why}`);
      return false;
    }
  }

  #warnOfDefaults(): void {
    const { unconfirmed } = this.#limitNews;
    if (unconfirmed === undefined) return;
    const message =
      `AWS shows nothing that was applied for ${unconfirmed}, and maybe for others: they go by AWS's defaults, ` +
      "unconfirmed; the account may have less";
    this.#options.host.warn("quotas-unconfirmed", message);
  }

  #tellNews(): void {
    for (const news of this.#untold.splice(0)) this.#options.host.tell(news);
  }
}
