import {
  type OpenRouter,
  openRouter,
  parseConfig,
  type QuotaNews,
  seededRandom,
  type ShardrockConfig,
  type Warning,
} from "@shardrock/core";
import { serviceQuotas } from "../service-quotas.ts";
import type { ServiceQuotasOptions } from "../service-quotas-options.ts";
import { FakeReader } from "./fake-reader.test.kit.ts";
import { ManualClock } from "./manual-clock.test.kit.ts";
import { profileRow, sonnet, sonnetRow } from "./quota-rows.test.kit.ts";

export const one = "111111111111";
export const two = "222222222222";

/** Account ids, a role's name and a model's: no numbers. */
export const bareConfig: ShardrockConfig = {
  role: { name: "shardrock", trust: "same-org" },
  accounts: [{ id: one }, { id: two }],
  models: { sonnet: { model: sonnet } },
  residency: { allowedRegions: ["us-east-1", "us-west-2"] },
};

/** For tests: a router whose quotas are read from a fake AWS, in time that is told to pass. */
export class QuotaWorld implements Disposable {
  readonly clock: ManualClock = new ManualClock();
  readonly reader: FakeReader = new FakeReader();
  readonly news: QuotaNews[] = [];
  readonly warnings: Warning[] = [];
  isReady = false;
  #opened: OpenRouter | undefined;

  constructor() {
    this.reader.usual = {
      applied: [sonnetRow(1_000)],
      defaults: [sonnetRow(6_000)],
      profiles: [profileRow(`us.${sonnet}`)],
    };
  }

  get opened(): OpenRouter {
    if (this.#opened === undefined) throw new Error("open it first");
    return this.#opened;
  }

  /** Opens the router; nothing is read before time passes. */
  open(config: Partial<ShardrockConfig> = {}, options: ServiceQuotasOptions = {}): this {
    const quotas = serviceQuotas({ drift: false, reader: () => this.reader, ...options });
    const { clock } = this;
    const opened = openRouter(parseConfig({ ...bareConfig, ...config }), { clock, random: seededRandom(7), quotas });
    opened.router.onEvent((event) => {
      if (event.kind === "quota-change") this.news.push(event);
      if (event.kind === "warning") this.warnings.push(event);
    });
    void opened.ready.then(() => (this.isReady = true));
    this.#opened = opened;
    return this;
  }

  /** Opens it and lets it read every place once. */
  async read(config: Partial<ShardrockConfig> = {}, options: ServiceQuotasOptions = {}): Promise<this> {
    this.open(config, options);
    await this.clock.advance(1_000);
    return this;
  }

  /** One more look at every place. */
  async poll(): Promise<void> {
    await this.clock.advance(661_000);
  }

  /** The limits in force of one account's minute quotas, by what they are for. */
  limits(accountId: string = one, region = "us-east-1"): Readonly<Record<string, number>> {
    const page = `${accountId}/${region}/`;
    const mine = this.opened.fleet.limits.filter(({ key }) => key.startsWith(page));
    return Object.fromEntries(mine.map(({ key, value }) => [key.slice(page.length), value]));
  }

  targets(accountId: string = one, region = "us-east-1"): readonly string[] {
    const all = [...this.opened.fleet.models.values()].flatMap(({ targets }) => targets);
    const mine = all.filter((target) => target.accountId === accountId && target.region === region);
    return mine.map(({ modelId }) => modelId);
  }

  [Symbol.dispose](): void {
    this.opened[Symbol.dispose]();
  }
}

/** The key of sonnet's tokens, as `limits` names it. */
export const geoTokens: string = `runtime/${sonnet}/geo/tokens/minute`;
