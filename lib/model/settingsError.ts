/** Every problem of every setting in one error: what it was, what it should be. */
export class SettingsError extends Error {
  /** Each begins with the name of its setting. */
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(
      `Keyturn cannot start, ${problems.length} setting(s) need mending:\n${problems.map((p) => `- ${p}`).join('\n')}`,
    );
    this.name = 'SettingsError';
    this.problems = problems;
  }

  /** The names alone, which may be shown to every caller. */
  get names(): readonly string[] {
    return [...new Set(this.problems.map((problem) => /^\w+/.exec(problem)?.[0] ?? 'a setting'))];
  }
}
