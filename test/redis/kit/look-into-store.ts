import { readSharedBook } from "@shardrock/redis";
import { askStore } from "../../../packages/cli/src/quotas/open-store.ts";
import { storeUrl } from "../../../packages/cli/src/quotas/store-url.ts";

/** Asks a store as `shardrock quotas --store` does. @returns whether it has the realm `prod`. */
export async function look(url: string): Promise<boolean> {
  const { signal } = new AbortController();
  const book = await askStore(
    storeUrl(url, "--store"),
    (client) => readSharedBook({ client, realm: "prod", quotas: [] }),
    signal,
  );
  return book.isThere;
}
