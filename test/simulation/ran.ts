/** One schedule that was run, at either seam. */
export interface Ran {
  /** What it was about, and where the fault struck: enough to run it again. */
  readonly story: string;
  /** `none` where nothing went wrong. */
  readonly fault: string;
  readonly fired: boolean;
  readonly problems: readonly string[];
}
