import type { QuotaPlace } from "@shardrock/core";
import { destinationsFrom } from "./destinations.ts";
import { type SystemProfile, systemProfiles } from "./system-profiles.ts";

/** A profile that somebody made in an account and Region. */
export interface SimulatedApplicationProfile extends QuotaPlace {
  /** The last part of its ARN: 1 to 64 letters and digits. */
  readonly id: string;
  readonly name: string;
  /** Id of the system profile, or of the foundation model, that it is a copy of. */
  readonly copyOf: string;
}

/** A profile as an account sees it in a Region. */
export interface ProfileView {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly type: "SYSTEM_DEFINED" | "APPLICATION";
  /** One for each destination; without a Region: any. */
  readonly modelArns: readonly string[];
}

export interface SimulatedProfilesOptions {
  /** Default: those of models there were in 2026. */
  readonly system?: readonly SystemProfile[];
  readonly application?: readonly SimulatedApplicationProfile[];
}

/**
 * The inference profiles of every account and Region.
 * Source: Bedrock API reference, "InferenceProfileSummary" (read 2026-11-22).
 */
export class SimulatedInferenceProfiles {
  readonly #system: readonly SystemProfile[];
  readonly #application: readonly SimulatedApplicationProfile[];

  constructor({ system = systemProfiles, application = [] }: SimulatedProfilesOptions = {}) {
    this.#system = system;
    this.#application = application;
  }

  list(place: QuotaPlace, type: ProfileView["type"]): readonly ProfileView[] {
    return type === "SYSTEM_DEFINED" ? this.#systemIn(place) : this.#applicationIn(place);
  }

  /** @param identifier - id or ARN. */
  find(place: QuotaPlace, identifier: string): ProfileView | undefined {
    const all = [...this.#systemIn(place), ...this.#applicationIn(place)];
    return all.find(({ id, arn }) => id === identifier || arn === identifier);
  }

  #systemIn(place: QuotaPlace): readonly ProfileView[] {
    return this.#system.flatMap(({ geography, modelId, model }) => {
      const destinations = destinationsFrom(geography, place.region);
      if (destinations === undefined) return [];
      const id = `${geography}.${modelId}`;
      return {
        id,
        arn: arnOf(place, `inference-profile/${id}`),
        name: `${geography === "global" ? "Global" : geography.toUpperCase()} ${model}`,
        type: "SYSTEM_DEFINED" as const,
        modelArns: destinations.map((region) => modelArn(region, modelId)),
      };
    });
  }

  #applicationIn(place: QuotaPlace): readonly ProfileView[] {
    const own = this.#application.filter((each) => each.accountId === place.accountId && each.region === place.region);
    return own.map((profile) => {
      const copied = this.#systemIn(place).find(({ id }) => id === profile.copyOf);
      return {
        id: profile.id,
        arn: applicationProfileArn(profile),
        name: profile.name,
        type: "APPLICATION",
        modelArns: copied?.modelArns ?? [modelArn(place.region, profile.copyOf)],
      };
    });
  }
}

/** What an application profile is called by. */
export function applicationProfileArn(profile: SimulatedApplicationProfile): string {
  return arnOf(profile, `application-inference-profile/${profile.id}`);
}

function arnOf({ region, accountId }: QuotaPlace, resource: string): string {
  return `arn:aws:bedrock:${region}:${accountId}:${resource}`;
}

function modelArn(region: string, modelId: string): string {
  return `arn:aws:bedrock:${region}::foundation-model/${modelId}`;
}
