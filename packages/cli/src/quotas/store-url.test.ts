import { describe, expect, it } from "vitest";
import { CommandInput } from "../command-line/command-input.ts";
import { askedBook } from "./shared-use.ts";
import { storeUrl } from "./store-url.ts";

describe("the store's URL", () => {
  it.each([
    ["redis://localhost", "localhost:6379"],
    ["rediss://user:p%25ss@redis.example.com:6380/2", "redis.example.com:6380"],
    ["redis://:secret@[::1]:7000", "[::1]:7000"],
  ])("%s leads to %s", (text, place) => {
    expect(storeUrl(text, "--store")).toMatchObject({ place });
  });

  it.each([
    "secret@redis.example.com",
    "http://user:secret@redis.example.com",
    "redis://",
    "redis://user:secret@host/prod",
    "redis://user:secret@host?db=1",
    "redis://user:100%secret@host",
    "redis://user:secret@host:port",
    "",
  ])("%j is refused, and what was typed is not shown: it may hold a password", (text) => {
    expect(() => storeUrl(text, "--store")).toThrow(/^--store m(ust|ay)/);
    expect(() => storeUrl(text, "--store")).not.toThrow(/secret/);
  });
});

describe("which book is asked for", () => {
  const asked = (options: Record<string, string>, env: Record<string, string> = {}) =>
    askedBook(new CommandInput([], new Map(Object.entries(options))), env);

  it("is none unless a store is told", () => {
    expect(asked({})).toBeUndefined();
    expect(asked({}, { SHARDROCK_STORE: "" })).toBeUndefined();
  });

  it("is told by the option before the variable", () => {
    const env = { SHARDROCK_STORE: "redis://there" };

    expect(asked({ realm: "prod" }, env)).toMatchObject({ realm: "prod", url: { place: "there:6379" } });
    expect(asked({ realm: "prod", store: "redis://here" }, env)).toMatchObject({ url: { place: "here:6379" } });
  });

  it.each([
    [{ store: "redis://here" }, {}, "--store needs --realm: the realm that the routers give redisLedger()"],
    [{}, { SHARDROCK_STORE: "redis://here" }, "the variable SHARDROCK_STORE needs --realm"],
    [{ realm: "prod" }, {}, "--realm is for --store, or the variable SHARDROCK_STORE"],
  ])("%j with %j is refused", (options, env, message) => {
    expect(() => asked(options, env)).toThrow(message);
  });
});
