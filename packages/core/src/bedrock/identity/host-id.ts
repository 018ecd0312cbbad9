const known = new WeakMap<object, string>();
let count = 0;

/** Tells the credentials of one host from another's without a word of what is in them. */
export function hostIdOf(credentials: object | undefined): string {
  if (credentials === undefined) return "default-chain";
  const hostId = known.get(credentials) ?? `host-${++count}`;
  known.set(credentials, hostId);
  return hostId;
}
