/** One promise or rule, the edit that breaks it, and the test that must notice. */
export interface Mutant {
  /** `promise 2`, `R12`. */
  readonly breaks: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
  readonly test: string;
  /** A part of the test's name; absent = any of the file. */
  readonly name?: string;
  /** The heart: some history at the port seam has to break as well; or why none can. */
  readonly histories?: true | string;
}
