import { expect } from "vitest";
import type { ScriptClient } from "../../../packages/redis/src/clients/script-client.ts";
import type { Booked } from "../../../packages/redis/src/store/book-store.ts";
import { ScriptStore } from "../../../packages/redis/src/store/script-store.ts";
import { ask, beatOf, endingOf, open } from "./asking.ts";
import { gateOf } from "./store-world.ts";

let realms = 0;

/** Everything a process does with the book, in a realm of its own. */
export async function useAll(client: ScriptClient): Promise<void> {
  const store = new ScriptStore({ client, realm: `clients-${(realms += 1)}`, processId: "é" });
  await open(store, { "clé/a": gateOf(60), b: gateOf(600, { window: "sliding", mayHold: 600 }) });
  const asked = ask("1", [{ "clé/a": 1.5, b: 100 }], { wantsRing: true });

  const booked = (await store.reserve(asked)) as Booked;
  const refused = await store.reserve(ask("2", [{ b: 550 }], { horizonUs: 2e6 }));
  const ended = await store.end(endingOf(asked, booked, { "clé/a": 0.25, b: 120 }));
  const again = await store.end(endingOf(asked, booked));
  const gate = gateOf(300);
  const published = await store.publish([{ key: "b", basedOn: 1, gate, record: '{"é":1}' }]);
  const late = await store.publish([{ key: "b", basedOn: 1, gate: gateOf(1), record: "{}" }]);
  await store.merge([{ key: "b", bySlot: new Map([[Math.floor(booked.nowUs / 125_000), 7]]) }]);
  await store.tell("nouvelles é");
  const settled = new Map([["b", new Map([[Math.floor(booked.nowUs / 1e7), 120.5]])]]);
  const beaten = await store.beat(beatOf("é", { settled }));

  expect(booked).toMatchObject({ kind: "booked", place: 0, startUs: booked.nowUs });
  expect([...(booked.booked[1]?.ring?.values() ?? [])]).toEqual([100]);
  expect(refused.kind).toBe("refused");
  expect([ended.isFirst, again.isFirst]).toEqual([true, false]);
  expect(ended.pages.get("b")).toMatchObject({ inWindow: 120, open: 0, version: 1 });
  expect(published).toEqual([]);
  expect(late).toEqual([{ key: "b", version: 2, gate, record: '{"é":1}' }]);
  expect(await store.read(["nothing", "b"])).toEqual(late);
  expect([...((await store.rings(["b"])).get("b")?.values() ?? [])].reduce((sum, n) => sum + n, 0)).toBe(127);
  expect(beaten).toMatchObject({ news: ["nouvelles é"], newsCount: 1, processes: ["é"] });
  expect((await store.settled(["b", "nothing"], 0)).get("b")).toEqual(settled.get("b"));
  expect([await store.claim("probe", 1e6), await store.claim("probe", 1e6)]).toEqual([true, true]);
  await store.giveUp("probe");
}
