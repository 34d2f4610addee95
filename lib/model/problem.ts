/** The body of an HTTP error: what was wrong, what was expected, what to do (RFC 9457). */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** A word of the closed list of reasons, where one applies. */
  readonly reason?: string | undefined;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}
