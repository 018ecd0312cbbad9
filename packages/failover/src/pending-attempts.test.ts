import { describe, expect, it } from "vitest";
import { AnswerTimes } from "./answer-times.ts";
import { PendingAttempts } from "./pending-attempts.ts";
import { Watched } from "./watched.ts";

const usual = new AnswerTimes();
const attempts = (count: number): Watched[] =>
  Array.from(
    { length: count },
    (_, callId) => new Watched({ callId, attempt: 1 }, { scope: "s", part: "p", kind: "k" }),
  );

function inOrder(pending: PendingAttempts<Watched>): readonly number[] {
  const found: number[] = [];
  for (let each = pending.first; each !== undefined; each = each.later) found.push(each.attempt.callId);
  return found;
}

function backwards(pending: PendingAttempts<Watched>): readonly number[] {
  const found: number[] = [];
  for (let each = pending.last; each !== undefined; each = each.earlier) found.push(each.attempt.callId);
  return found;
}

describe("attempts that have not been answered", () => {
  it.each([
    { leave: [0], left: [1, 2, 3] },
    { leave: [3], left: [0, 1, 2] },
    { leave: [1, 2], left: [0, 3] },
    { leave: [2, 1, 3, 0], left: [] },
    { leave: [2, 2], left: [0, 1, 3] },
  ])("keep their order, both ways, when $leave leave", ({ leave, left }) => {
    const pending = new PendingAttempts<Watched>();
    const all = attempts(4);
    for (const [atMs, each] of all.entries()) pending.add(each, atMs, usual);
    for (const gone of leave) for (const each of all) if (each.attempt.callId === gone) pending.remove(each);

    expect(inOrder(pending)).toEqual(left);
    expect(backwards(pending)).toEqual(left.toReversed());
  });

  it("are in one list at a time, the last they were added to", () => {
    const [one, other] = [new PendingAttempts<Watched>(), new PendingAttempts<Watched>()];
    const all = attempts(3);
    for (const each of all) one.add(each, 0, usual);
    for (const each of all.slice(1, 2)) other.add(each, 1, usual);

    expect([inOrder(one), inOrder(other)]).toEqual([[0, 2], [1]]);
  });
});
