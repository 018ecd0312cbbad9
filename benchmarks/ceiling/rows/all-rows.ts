import { wronglyBelieved } from "./beliefs.ts";
import { bursting } from "./bursts.ts";
import { conversing } from "./conversations.ts";
import { closedDays } from "./days.ts";
import { largeCalls } from "./large-calls.ts";
import { hardOverloaded, overloaded } from "./overload.ts";
import { requestsBinding } from "./requests.ts";
import type { Row } from "./row.ts";
import { overSockets } from "./sockets.ts";
import { simulationSpeed } from "./speed.ts";
import { tenantShares } from "./tenants.ts";
import { uneven } from "./uneven.ts";

export const allRows: readonly Row[] = [
  overloaded,
  hardOverloaded,
  wronglyBelieved,
  bursting,
  uneven,
  tenantShares,
  largeCalls,
  requestsBinding,
  closedDays,
  conversing,
  overSockets,
  simulationSpeed,
];
