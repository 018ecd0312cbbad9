import type { ScriptReply } from "../clients/script-client.ts";
import { StoreFault } from "../clients/store-fault.ts";
import type { PageView } from "./book-store.ts";

/** Numbers of an answer: little-endian doubles. @throws {StoreFault} where it is not that. */
export class Numbers {
  readonly #view: DataView;

  constructor(reply: ScriptReply | undefined) {
    const bytes = bytesOf(reply);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#view.byteLength >> 3;
  }

  at(index: number): number {
    if (index >= this.length) throw misread("too few numbers");
    return this.#view.getFloat64(index * 8, true);
  }

  from(start: number): readonly number[] {
    return Array.from({ length: this.length - start }, (_, index) => this.at(start + index));
  }
}

/** @throws {StoreFault} where the answer is not a list. */
export function listOf(reply: ScriptReply | undefined): readonly ScriptReply[] {
  if (!Array.isArray(reply)) throw misread("no list");
  return reply;
}

/** @throws {StoreFault} where the answer is not bytes. */
export function bytesOf(reply: ScriptReply | undefined): Uint8Array {
  if (!(reply instanceof Uint8Array)) throw misread("no bytes");
  return reply;
}

/** @throws {StoreFault} where the answer is not bytes. */
export function textOf(reply: ScriptReply | undefined): string {
  return text.decode(bytesOf(reply));
}

/** Six numbers of each page; those the store lacks are left out. */
export function viewsOf(reply: ScriptReply | undefined, keys: readonly string[]): ReadonlyMap<string, PageView> {
  const numbers = new Numbers(reply);
  const views = new Map<string, PageView>();
  for (let place = 0; place < keys.length; place += 1) {
    const at = place * 6;
    if (Number.isNaN(numbers.at(at))) continue;
    const roomAtUs = numbers.at(at + 5);
    const view = viewAt(numbers, at);
    views.set(keys[place] ?? "", roomAtUs > 0 ? { ...view, roomAtUs } : view);
  }
  return views;
}

const text = new TextDecoder();

function misread(what: string): StoreFault {
  return new StoreFault("broken", what, undefined);
}

/** The first five numbers of a page. */
export function viewAt(numbers: Numbers, at: number): PageView {
  return {
    tatUs: numbers.at(at),
    inWindow: numbers.at(at + 1),
    pausedUntilUs: numbers.at(at + 2),
    open: numbers.at(at + 3),
    version: numbers.at(at + 4),
  };
}
