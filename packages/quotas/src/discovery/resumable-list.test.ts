import { describe, expect, it } from "vitest";
import type { Page } from "../reader/aws-reader.ts";
import { awsError } from "../testing/fake-reader.test.kit.ts";
import { ManualClock } from "../testing/manual-clock.test.kit.ts";
import { ResumableList } from "./resumable-list.ts";

const signal = new AbortController().signal;

/** Ten pages of one row each, which fail as told. */
function tenPages(failure: (page: number) => Error | undefined) {
  const clock = new ManualClock();
  const asked: number[] = [];
  const ask = async (token: string | undefined): Promise<Page<number>> => {
    const page = Number(token ?? 1);
    asked.push(page);
    const error = failure(page);
    if (error !== undefined) throw error;
    return { rows: [page], next: page < 10 ? String(page + 1) : undefined, unread: page === 3 ? ["L-3"] : [] };
  };
  return { list: new ResumableList({ clock, ask, what: "a list" }), asked, clock };
}

const rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

describe("a list of many pages", () => {
  it("is read to its end", async () => {
    const { list } = tenPages(() => undefined);

    expect(await list.read(signal)).toEqual({ rows, unread: ["L-3"] });
    expect(await list.read(signal)).toEqual({ rows, unread: ["L-3"] });
  });

  it("that fails on page 7 goes on with page 7", async () => {
    let isDown = true;
    const { list, asked } = tenPages((page) => (isDown && page === 7 ? awsError("InternalFailure", 500) : undefined));

    await expect(list.read(signal)).rejects.toThrow("words of AWS");
    isDown = false;

    expect((await list.read(signal)).rows).toEqual(rows);
    expect(asked).toEqual([1, 2, 3, 4, 5, 6, 7, 7, 8, 9, 10]);
  });

  it("begins anew when what was read is too old", async () => {
    let isDown = true;
    const { list, asked, clock } = tenPages((page) => (isDown && page === 7 ? awsError("x", 500) : undefined));
    await expect(list.read(signal)).rejects.toThrow("words of AWS");
    isDown = false;

    await clock.advance(15 * 60_000 + 1);

    expect((await list.read(signal)).rows).toEqual(rows);
    expect(asked.slice(7)).toEqual(rows);
  });

  it("begins anew at once when AWS no longer takes the token", async () => {
    const failures: Error[] = [awsError("InternalFailure", 500), awsError("InvalidPaginationTokenException", 400)];
    const { list, asked } = tenPages((page) => (page === 7 ? failures.shift() : undefined));
    await expect(list.read(signal)).rejects.toThrow("words of AWS");

    expect((await list.read(signal)).rows).toEqual(rows);
    expect(asked.slice(7)).toEqual([7, ...rows]);
  });

  it("takes no page from a question that was left and is answered all the same", async () => {
    const left = new AbortController();
    let answer = (): void => undefined;
    const late = new Promise<void>((resolve) => (answer = resolve));
    const ask = async (_token: string | undefined, by: AbortSignal): Promise<Page<string>> => {
      if (by === left.signal) await late;
      return by === left.signal ? { rows: ["late"], next: "2" } : { rows: ["now"], next: undefined };
    };
    const list = new ResumableList({ clock: new ManualClock(), ask, what: "a list" });
    const before = list.read(left.signal);

    left.abort(new Error("left"));
    answer();

    await expect(before).rejects.toThrow("left");
    expect((await list.read(signal)).rows).toEqual(["now"]);
  });

  it("does not begin anew for what is denied from the beginning", async () => {
    const { list, asked } = tenPages(() => awsError("AccessDeniedException", 403));

    await expect(list.read(signal)).rejects.toThrow("words of AWS");
    expect(asked).toEqual([1]);
  });

  it.each([
    ["gives the same token again", () => "again"],
    ["never ends", (page: number) => String(page)],
  ])("that %s is given up", async (_what, next) => {
    let page = 0;
    const ask = async () => ({ rows: [], next: next((page += 1)) });
    const list = new ResumableList({ clock: new ManualClock(), ask, what: "the list" });

    await expect(list.read(signal)).rejects.toThrow("the list has no end");
    expect(page).toBeLessThanOrEqual(202);
  });
});
