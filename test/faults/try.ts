import { failureOf } from "./seeds.ts";
import { coreSubject } from "./subject.ts";
const [from = "1", count = "200"] = process.argv.slice(2);
const t = performance.now();
let bad = 0;
for (let s = +from; s < +from + +count; s++) {
  const f = await failureOf(s, coreSubject).catch((e) => `seed ${s} crashed ${e.stack}`);
  if (f) {
    bad++;
    if (bad < 12) console.log(f);
  }
}
console.log(bad, ((performance.now() - t) / +count).toFixed(1), "ms each");
