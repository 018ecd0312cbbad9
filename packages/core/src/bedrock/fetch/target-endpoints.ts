import type { Target } from "../../budget/target.ts";
import type { ShardedBedrockRuntime } from "../client/sharded-bedrock-runtime.ts";
import { awsMantleEndpoint, type EndpointsConfig, endpointUrl } from "../config/endpoints.ts";

/** Where each target is called: the config's endpoint, or AWS's own as the SDK knows it. */
export class TargetEndpoints {
  readonly #config: EndpointsConfig;
  readonly #sdk: ShardedBedrockRuntime["config"];
  readonly #runtime = new Map<string, Promise<URL>>();

  /** @param sdk - settings of the client; it knows the hosts of China and, when the environment asks for them, of FIPS. */
  constructor(config: EndpointsConfig, sdk: ShardedBedrockRuntime["config"]) {
    this.#config = config;
    this.#sdk = sdk;
  }

  async of({ endpoint, region }: Pick<Target, "endpoint" | "region">): Promise<URL> {
    const { bedrockRuntime, bedrockMantle = awsMantleEndpoint } = this.#config;
    if (endpoint === "mantle") return new URL(endpointUrl(bedrockMantle, region));
    if (bedrockRuntime !== undefined) return new URL(endpointUrl(bedrockRuntime, region));
    const known = this.#runtime.get(region) ?? this.#ask(region);
    this.#runtime.set(region, known);
    return known;
  }

  async #ask(region: string): Promise<URL> {
    const [UseFIPS, UseDualStack] = await Promise.all([this.#sdk.useFipsEndpoint(), this.#sdk.useDualstackEndpoint()]);
    return this.#sdk.endpointProvider({ Region: region, UseFIPS, UseDualStack }).url;
  }
}
