/** One file of what was made. */
export interface Artefact {
  /** With its folder, separated by `/`. */
  readonly path: string;
  readonly text: string;
  /** Where and how it is put to use, for people. */
  readonly use: string;
}
