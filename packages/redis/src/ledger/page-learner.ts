import type { Limit, Quota } from "@shardrock/core";
import { QuotaLearner } from "@shardrock/core/book";
import type { GateUpdate, LearnedPage, PageOpening, StoredGate } from "../store/book-store.ts";
import { readPageRecord, writePageRecord } from "./page-record.ts";
import { asLimit, differs, lowerOf, named, type NamedLimit, type TheirLimit } from "./shared-limit.ts";
import { isSameGate, storedGateOf } from "./stored-gate.ts";

/**
 * What a learner is told, and again where somebody else has written meanwhile.
 * @returns whether the gate may be another now.
 */
export type Lesson = (learner: QuotaLearner) => boolean;

export interface PageLearnerHost {
  readonly processId: string;
  /** The limit in force in this process. */
  limitOf(key: string): Limit | undefined;
  /** Whether another process still goes by what it wrote. */
  isAlive(processId: string): boolean;
}

/** Lessons that are kept until they are written: more come only while the store is away, and then the page is old news. */
const mostLessons = 64;
/** What is learned and changes no gate, others must know only so soon. */
const betweenNotesUs = 1_000_000;

/**
 * This process's copy of what all processes learn of a quota. Whoever learns something applies it here and writes it down;
 * whoever comes too late goes on from what was written meanwhile, and applies its own to that. Times are µs of the store.
 */
export class PageLearner {
  readonly #quota: Quota;
  readonly #host: PageLearnerHost;
  readonly #learner: QuotaLearner;
  #version = -1;
  #gate: StoredGate;
  /** As it was written last, as far as is known. */
  #written: { readonly gate: StoredGate; readonly revision: number } | undefined;
  /** What is not written yet; the first so many of it are under way. */
  #lessons: Lesson[] = [];
  #underWay: { readonly lessons: number; readonly gate: StoredGate; readonly revision: number } | undefined;
  #takenAtUs = Number.NEGATIVE_INFINITY;
  #theirs: TheirLimit | undefined;
  #by: string;
  /** Whether it goes on from what others began. */
  #isBegun = false;

  constructor(quota: Quota, host: PageLearnerHost) {
    this.#quota = quota;
    this.#host = host;
    this.#by = host.processId;
    this.#learner = new QuotaLearner(quota.windowMs * 1e3);
    this.#gate = storedGateOf(this.#learner);
  }

  /** What is known, to read from. */
  get known(): QuotaLearner {
    return this.#learner;
  }

  get gate(): StoredGate {
    return this.#gate;
  }

  /** Of the page in the store that this goes by; below 0: of none. */
  get version(): number {
    return this.#version;
  }

  /** Whether something was learned here that is not written yet. */
  get hasNews(): boolean {
    return this.#lessons.length > 0;
  }

  /** Whether another process that lives was told another limit. */
  get isContested(): boolean {
    const own = this.#own();
    const theirs = this.#theirs;
    return own !== undefined && theirs !== undefined && this.#isAlive(theirs) && differs(own, theirs.limit);
  }

  /** Finds which limit holds, and the gate. */
  refresh(nowUs: number): void {
    this.#begin(nowUs);
    const own = this.#own();
    const alive = this.#theirs !== undefined && this.#isAlive(this.#theirs) ? this.#theirs : undefined;
    const holding = own && lowerOf({ limit: own, by: this.#host.processId }, alive);
    this.#by = holding?.by ?? this.#host.processId;
    this.#learner.publish(asLimit(holding?.limit ?? gone), nowUs);
    this.#read(nowUs);
  }

  /** The gate changes with time, too. @returns whether it was looked at. */
  review(nowUs: number): boolean {
    if (nowUs < this.#learner.reviewAtUs) return false;
    this.#read(nowUs);
    return true;
  }

  /** Something became known. */
  learn(lesson: Lesson, nowUs: number): void {
    const { revision } = this.#learner;
    const isOther = lesson(this.#learner);
    if (this.#learner.revision !== revision) {
      this.#lessons.push(lesson);
      if (this.#lessons.length > mostLessons) this.#lessons.shift();
    }
    if (isOther) this.#read(nowUs);
  }

  /** To make the page with, where the store has none. */
  opening(isSpent: boolean, nowUs: number): PageOpening {
    this.refresh(nowUs);
    return { key: this.#quota.key, gate: this.#gate, record: this.#record(), isSpent };
  }

  /** What is to be written; undefined: nothing, or something is under way. One at a time. */
  takeUpdate(nowUs: number): GateUpdate | undefined {
    const { revision } = this.#learner;
    const isGateWritten = this.#written !== undefined && isSameGate(this.#written.gate, this.#gate);
    const mayWait = this.#written?.revision === revision || nowUs < this.#takenAtUs + betweenNotesUs;
    if ((isGateWritten && mayWait) || this.#underWay !== undefined || this.#version < 0 || this.#own() === undefined)
      return undefined;
    this.#takenAtUs = nowUs;
    this.#underWay = { lessons: this.#lessons.length, gate: this.#gate, revision };
    return { key: this.#quota.key, basedOn: this.#version, gate: this.#gate, record: this.#record() };
  }

  /** What was taken last has been written. */
  wrote(): void {
    if (this.#underWay === undefined) return;
    const { lessons, gate, revision } = this.#underWay;
    this.#version += 1;
    this.#lessons = this.#lessons.slice(lessons);
    this.#written = { gate, revision };
    this.#underWay = undefined;
  }

  /** What was taken last has not been written, or nobody knows. */
  failed(): void {
    this.#underWay = undefined;
  }

  /** Goes on from what another process has written; what was learned here since comes on top. */
  adopt({ version, gate, record }: LearnedPage, nowUs: number): void {
    if (version <= this.#version) return;
    this.#isBegun = true;
    this.#version = version;
    this.#underWay = undefined;
    const read = readPageRecord(record, { windowUs: this.#learner.windowUs, nowUs });
    if (read !== undefined) {
      this.#learner.adopt(read.quota);
      if (read.by !== this.#host.processId) this.#theirs = { limit: read.quota.limit, by: read.by };
    }
    this.#written = { gate, revision: read === undefined ? Number.NaN : this.#learner.revision };
    for (const lesson of this.#lessons) lesson(this.#learner);
    this.refresh(nowUs);
  }

  /** The store does not have the page any more. */
  lose(): void {
    this.#version = -1;
    this.#underWay = undefined;
    this.#written = undefined;
  }

  #own(): NamedLimit | undefined {
    const limit = this.#host.limitOf(this.#quota.key);
    return limit && named(limit);
  }

  #isAlive({ by }: TheirLimit): boolean {
    return this.#host.isAlive(by);
  }

  #read(nowUs: number): void {
    this.#learner.read(nowUs);
    this.#gate = storedGateOf(this.#learner);
  }

  #record(): string {
    return writePageRecord({ by: this.#by, quota: this.#learner.toRecord() });
  }

  /** A learner takes time 0 for its beginning; the store's clock shows much more. */
  #begin(nowUs: number): void {
    if (this.#isBegun || this.#lessons.length > 0) return;
    const record = this.#learner.toRecord();
    const { known, demand } = record.learned;
    const learned = {
      ...record.learned,
      known: { ...known, believedSinceUs: nowUs },
      demand: { ...demand, tickedUs: nowUs },
    };
    this.#learner.adopt({ ...record, learned });
  }
}

const gone: NamedLimit = { published: 0, foreignUse: 0, most: Number.POSITIVE_INFINITY };
