import { exportAll } from "./export-all.mjs";
import { importDirection } from "./import-direction.mjs";

/** The rules of this repository that oxlint does not bring. */
export default {
  meta: { name: "shardrock" },
  rules: { "import-direction": importDirection, "no-export-all": exportAll },
};
