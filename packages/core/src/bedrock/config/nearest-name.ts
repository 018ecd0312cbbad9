/** Longer names are not compared: nobody mistypes them one letter at a time, and comparing costs their product. */
const longestCompared = 64;

const mostListed = 20;

/** The known name somebody probably meant, or undefined when none is close. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > longestCompared) return undefined;
  const reach = Math.max(1, Math.floor(name.length / 3));
  let nearest: string | undefined;
  let nearestEdits = reach + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > reach) continue;
    const edits = editsBetween(name.toLowerCase(), candidate.toLowerCase());
    if (edits >= nearestEdits) continue;
    nearest = candidate;
    nearestEdits = edits;
  }
  return nearest;
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? "" : ` (did you mean ${JSON.stringify(nearest)}?)`;
}

/** Names for a message; the first twenty when there are many. */
export function nameList(names: readonly string[]): string {
  const listed = names.slice(0, mostListed).join(", ");
  return names.length > mostListed ? `${listed} and ${names.length - mostListed} more` : listed;
}

/** Letters to insert, delete or replace. Source: Levenshtein distance, Wagner and Fischer 1974, one row kept. */
function editsBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
