/** A part of the demo that is over. What it left stays up until it is closed. */
export interface Act {
  /** Why it did not end well. */
  readonly problem: string | undefined;
  /** Tells that the app ended without having been told to. */
  readonly died: Promise<string>;
  close(): Promise<void>;
}

export type Tell = (sentence: string) => void;
