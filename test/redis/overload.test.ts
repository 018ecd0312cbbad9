import { expect, it } from "vitest";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import { virtualFleet } from "./kit/virtual-fleet.ts";

describeWithRedis("four processes with one book at three times what there is", (server) => {
  it("serve all there is, evenly, hardly throttled once they know the quotas, with few questions to the store", async () => {
    await using fleet = await virtualFleet(server(), 4, 3);
    await fleet.pass(3);

    const { served, throttled, scripts, released, servedBy } = await fleet.pass(1);

    expect((served * 1_300) / 300_000).toBeGreaterThan(0.98);
    expect(Math.min(...servedBy)).toBeGreaterThan((0.5 * served) / 4);
    expect(throttled / served).toBeLessThan(0.02);
    expect(scripts / served).toBeLessThan(3);
    // What was booked ahead for calls that could not start in time was in everybody's way.
    expect(released / served).toBeLessThan(0.01);
  }, 60_000);
});
