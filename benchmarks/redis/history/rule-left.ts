/** What the store holds after everybody has stopped, a window later. */
export interface StoreAtEnd {
  /** Milliseconds each key has left, as PTTL tells them: -1: it never expires. */
  readonly keys: readonly { readonly name: string; readonly ttlMs: number }[];
  /** Units held by calls under way, and in the last window. */
  readonly quotas: readonly { readonly key: string; readonly open: number; readonly booked: number }[];
}

/** Each reservation ended once, or expired: nothing is open, nothing is booked, and every key expires. */
export function judgeLeft({ keys, quotas }: StoreAtEnd): readonly string[] {
  return [
    ...(keys.length === 0 ? ["the store holds no key: nobody kept a book there"] : []),
    ...keys.filter(({ ttlMs }) => ttlMs === -1).map(({ name }) => `${name} never expires`),
    ...quotas.filter(({ open }) => open !== 0).map(({ key, open }) => `${key}: ${open} units are still open`),
    ...quotas
      .filter(({ booked }) => booked !== 0)
      .map(({ key, booked }) => `${key}: ${booked} units are still booked a window later`),
  ];
}
