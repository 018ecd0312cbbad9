export { failover, type FailoverOptions } from "./failover.ts";
