import { openRouter, parseConfig } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { serviceQuotas } from "./service-quotas.ts";
import type { ServiceQuotasOptions } from "./service-quotas-options.ts";
import { bareConfig } from "./testing/quota-world.test.kit.ts";

describe("options of serviceQuotas()", () => {
  it.each([
    [{ pollMs: 999 }, "pollMs must be a finite number of ms from 1000 up, got 999"],
    [{ pollMs: Number.POSITIVE_INFINITY }, "pollMs must be a finite number of ms from 1000 up, got null"],
    [{ driftPollMs: 0 }, "driftPollMs must be a finite number of ms from 1000 up, got 0"],
    [{ maxQuotaAgeMs: 0 }, "maxQuotaAgeMs must be a finite number of ms from 1 up, got 0"],
    [{ readyMs: -1 }, "readyMs must be a finite number of ms from 0 up, got -1"],
    [{ readyMs: "5" }, 'readyMs must be a finite number of ms from 0 up, got "5"'],
    [{ placesAtOnce: 0 }, "placesAtOnce must be a whole number from 1 up, got 0"],
    [{ placesAtOnce: 1.5 }, "placesAtOnce must be a whole number from 1 up, got 1.5"],
    [{ file: "" }, 'file must be a path, got ""'],
    [{ reader: {} }, "reader must be a function, got {}"],
    [{ drift: { tellFrom: 2 } }, "drift.tellFrom must be above 0 and at most 1, got 2"],
    [{ poll: 5_000 }, "serviceQuotas() has the options pollMs, maxQuotaAgeMs,"],
  ])("that are wrong are told when it is made: %o", (options, message) => {
    expect(() => serviceQuotas(options as ServiceQuotasOptions)).toThrow(
      expect.objectContaining({ code: "option-invalid", message: expect.stringContaining(message) }),
    );
  });

  it("need a reader where the router has no roles of its own to read with", () => {
    expect(() => openRouter(parseConfig(bareConfig), { quotas: serviceQuotas() })).toThrow(
      expect.objectContaining({ code: "option-invalid", message: expect.stringContaining("a reader of your own") }),
    );
  });

  it("may be left out", () => {
    expect(JSON.parse(serviceQuotas().sessionPolicy)).toMatchObject({ Statement: [{ Effect: "Allow" }] });
  });
});
