/** Seeds from 1 up to a number that was typed. @throws {Error} saying what is wrong with it. */
export function seedsOf(value: string): readonly number[] {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--seeds must be a whole number from 1 up, got ${value}`);
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** Names that were typed with commas between them; all there are unless told. @throws {Error} naming those there are. */
export function namesOf<Name extends string>(
  option: string,
  value: string | undefined,
  known: readonly Name[],
): readonly Name[] {
  if (value === undefined) return known;
  return value.split(",").map((name) => {
    const found = known.find((each) => each === name);
    if (found === undefined) throw new Error(`--${option} must be of ${known.join(", ")}, got ${name}`);
    return found;
  });
}
