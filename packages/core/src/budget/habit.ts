/** How the book starts, asks and retreats where AWS publishes nothing. Shares are 0 to 1; times are in windows. */
export const habit = {
  /** A burst that every quota is spent with from the start: 6 s of a minute. */
  burst: 0.1,
  /** While windows are only suspected: what goes out together is refused together. At least so many holds. */
  carefulBurst: 0.02,
  carefulHolds: 4,
  /** Demand binds while the last window holds at least this share of the limit, until it holds less than the other. */
  binding: 0.95,
  slack: 0.85,
  /** How long a limit must bind before the book asks for more: the first time, and after it has changed its mind. */
  patience: 0.33,
  firstPatience: 1,
  /** Burst won per window while it binds and nothing is refused. */
  growth: 0.9,
  /** What time brings is looked at so many times a window. */
  ticksPerWindow: 240,
  largestBurst: 1.2,
  paceGrowth: 0.2,
  /** What was refused is asked for again so long after a refusal, ten times later each time, at most so late. */
  confirmAfter: 1,
  confirmLatest: 100,
  /** So many pauses go into a window: in one, after a refusal, nothing starts for 0.5 s of a minute, doubled with each in a row up to 8 s. */
  pausesPerWindow: 120,
  longestPause: 16,
  /** A limit that explains nothing is taken for so much more, or so much less at most. */
  raise: 1.25,
  /** The same for a limit that has been confirmed before: it was nearly right. */
  nudge: 1.02,
  steepestRetreat: 0.7,
  retreat: 0.98,
  slidingRetreat: 0.998,
  /** A refusal nothing explains is a stray, unless another comes within so many windows. */
  strayMemory: 3,
  /** Sixths are asked anew after so long, twice as long each time. */
  reconsiderSixths: 2,
  /** The most that is asked of a window. */
  largestAsked: 1.05,
  /** A limit below the published one that others' use explains up to this share is theirs alone. */
  explained: 0.9,
  /** A limit below the published one is tried whole again after an hour without a refusal. */
  forget: 60,
  /** Where others are known to use the quota too, so soon: what they take changes all the time. */
  forgetBeside: 3,
} as const;
