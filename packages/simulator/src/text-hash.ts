/** 32 bits of a text, as good as drawn. Source: FNV-1a, Fowler, Noll and Vo (public domain). */
export function textHash(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}
