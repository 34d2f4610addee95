/** The body of an HTTP error: what was wrong, what was expected, what to do (RFC 9457). */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** A word of the closed list of reasons, where one applies. */
  readonly reason?: string | undefined;
  /** Id of the rotation that a request must name to begin another one so soon. */
  readonly after?: string;
  /** Names of settings that are wrong. Never a value. */
  readonly settings?: readonly string[];
  readonly errors?: readonly ProblemError[];
}

export interface ProblemError {
  readonly pointer: string;
  readonly detail: string;
}

/** Returns the place in a body as a JSON pointer in a URI fragment (RFC 6901, section 6). `#` is the body itself. */
export function pointerTo(path: readonly PropertyKey[]): string {
  return ['#', ...path.map(pointerToken)].join('/');
}

function pointerToken(name: PropertyKey): string {
  return encodeURIComponent(String(name).replaceAll('~', '~0').replaceAll('/', '~1'));
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly code: string;
  readonly message: string;
}

/**
 * Lists what is wrong with a body. A member's name is not repeated: it may be a key that was pasted in the wrong place.
 */
export function errorsOf(issues: readonly Issue[]): readonly ProblemError[] {
  return issues.map(({ path, code, message }) => ({
    pointer: pointerTo(path),
    detail: code === 'unrecognized_keys' ? 'has members that are not known' : message,
  }));
}
