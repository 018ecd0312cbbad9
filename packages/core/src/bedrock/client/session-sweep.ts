import type { Operations } from "../../routing/operations.ts";
import type { AssumedRole, AssumedRoles } from "../identity/assumed-roles.ts";
import type { RoleSession } from "../identity/role-session.ts";

export interface SessionSweepOptions {
  readonly roles: AssumedRoles;
  readonly operations: Pick<Operations, "ended">;
}

/** Wipes the credentials of sessions that no new call may use, each once the last call that runs on it has ended. */
export class SessionSweep {
  readonly #options: SessionSweepOptions;
  readonly #leaving = new Map<RoleSession, Promise<void>>();

  constructor(options: SessionSweepOptions) {
    this.#options = options;
  }

  /**
   * @param roles - those that new calls may use. Their sessions stay, those that were about to leave too.
   * @returns when all others are wiped, or were taken back into use.
   */
  async keepOnly(roles: Iterable<AssumedRole>): Promise<void> {
    const unused = new Set(this.#options.roles.unusedBy(roles));
    for (const session of this.#leaving.keys()) if (!unused.has(session)) this.#leaving.delete(session);
    for (const session of unused) if (!this.#leaving.has(session)) this.#leaving.set(session, this.#leave(session));
    await Promise.all(this.#leaving.values());
  }

  /** Taken back into use and given up again it waits for the calls since as well: then another promise stands for it. */
  #leave(session: RoleSession): Promise<void> {
    const leave = this.#options.operations
      .ended((target) => target.accountId === session.accountId)
      .then(() => {
        if (this.#leaving.get(session) !== leave) return;
        this.#leaving.delete(session);
        this.#options.roles.forget(session);
      });
    return leave;
  }
}
