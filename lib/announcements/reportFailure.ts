import { OperationError } from '../model/operationError.ts';
import type { Reporter } from './log.ts';

/** Notes a failure with the service's own code, so that the caller can go on. Throws anything else: it is a bug. */
export function reportFailure(
  { note }: Pick<Reporter, 'note'>,
  error: unknown,
  about: Readonly<Record<string, string>>,
): void {
  if (!(error instanceof OperationError)) throw error;
  const { code } = error.detail;
  note(error.reason, { ...about, ...(code && { code }) });
}
