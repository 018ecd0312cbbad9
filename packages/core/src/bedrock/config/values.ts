import { z } from "zod";
import { didYouMean } from "./nearest-name.ts";
import { shownValue } from "./shown-value.ts";

/** `T` once the defaults of `K` are filled in. */
export type WithDefaults<T, K extends keyof T> = Omit<T, K> & { readonly [P in K]-?: Exclude<T[P], undefined> };

const accountIdRule = "must be 12 digits in quotes";
const regionRule = "must be a Region such as us-east-1, not the name of a geography";

/** An AWS account id. A number is an id somebody forgot to quote: YAML and JSON would drop its leading zeros. */
export const accountIdSchema: z.ZodType<string, string> = z
  .string({ error: ({ input }) => (typeof input === "number" ? quoteIt(input) : accountIdRule) })
  .regex(/^\d{12}$/, accountIdRule);

/** A Region, by its shape: AWS opens new ones, so there is no list. */
export const regionSchema: z.ZodType<string, string> = z
  .string(regionRule)
  .max(32, regionRule)
  .regex(/^[a-z]{2,4}(-[a-z]{2,16}){1,3}-\d{1,2}$/, regionRule);

/** Most Regions a list may have: AWS has fewer than 50. */
const mostRegions = 100;

/** At least one Region, each once. */
export const regionsSchema: z.ZodType<string[], string[]> = regionList("must be a list of Regions");

/** At least one Region, each once, told by the rule given. */
export function regionList(rule: string): z.ZodType<string[], string[]> {
  return listOf(regionSchema, rule, mostRegions);
}

/** A list of at least one thing, each once. */
export function listOf(item: z.ZodType<string, string>, rule: string, most: number): z.ZodType<string[], string[]> {
  return z
    .array(item, rule)
    .min(1, `${rule}, at least one`)
    .max(most, `${rule}, at most ${most}`)
    .superRefine((list, context) => {
      for (const [index, value] of list.entries()) {
        if (list.indexOf(value) < index)
          context.addIssue({ code: "custom", path: [index], message: `names ${shownValue(value)} twice` });
      }
    });
}

/** A whole number, both ends included. */
export function wholeNumber(least: number, most: number): z.ZodType<number, number> {
  const rule = `must be a whole number from ${least} up to ${most}`;
  return z.int(rule).min(least, rule).max(most, rule);
}

/** A finite number from `least` up to `most`, both included. */
export function numberFrom(least: number, most: number): z.ZodType<number, number> {
  const rule = `must be a number from ${least} up to ${most}`;
  return z.number(rule).min(least, rule).max(most, rule);
}

/** A number above 0 up to `most`. */
export function positiveNumber(most: number): z.ZodType<number, number> {
  const rule = `must be a number above 0 up to ${most}`;
  return z.number(rule).positive(rule).max(most, rule);
}

/** Text with one rule, told the same way whatever is wrong with it. */
export function textLike(pattern: RegExp, rule: string): z.ZodType<string, string> {
  return z.string(rule).regex(pattern, rule);
}

/** Options that refuse keys they do not know; the refusal has one line for each such key. */
export function options<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  rule = "must be a group of options",
): z.ZodObject<z.core.util.Writeable<Shape>, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => `is not an option${didYouMean(key, known)}`).join("\n")
        : rule,
  });
}

function quoteIt(id: number): string {
  const quoted = Number.isSafeInteger(id) && id >= 0 ? `: "${String(id).padStart(12, "0")}"` : "";
  return `${accountIdRule}; unquoted it is a number, so quote it${quoted}`;
}
