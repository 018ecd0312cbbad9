/** The caller's own reason to abort. */
export class GaveUp extends Error {
  override readonly name = "GaveUp";
}
