import { OperationError } from '../model/operationError.ts';
import type { Services } from '../reconcile/visit.ts';

/** A failure is told with the service's own code, and the rest goes on; anything else is a bug, and thrown. */
export function reportFailure(
  { note }: Pick<Services, 'note'>,
  error: unknown,
  about: Readonly<Record<string, string>>,
): void {
  if (!(error instanceof OperationError)) throw error;
  const { code } = error.detail;
  note(error.reason, { ...about, ...(code && { code }) });
}
