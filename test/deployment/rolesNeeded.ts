import { decodeJwt } from 'jose';
import { lines, type Line } from '../../infra/azure/actions.ts';
import type { Call } from '../../infra/azure-emulator/src/index.ts';
import type { TestApp } from '../support/createTestApp.ts';

/** Calls with the app's own identity: not those with keys of accounts and services, and not those without a token. */
export function ownCalls({ azure: { core } }: TestApp): readonly Call[] {
  const { clientId } = core.tokens.appIdentity;
  return core.journal.calls.filter(({ request }) => {
    const [scheme, token] = (request.headers['authorization'] ?? '').split(' ');
    return scheme?.toLowerCase() === 'bearer' && decodeJwt<{ appid?: string }>(token ?? '').appid === clientId;
  });
}

/** The lines of the table that a call comes under. */
export function linesOf({ operation, path, request }: Call): readonly Line[] {
  const found = lines.filter((line) => line.operation === operation && (line.about?.test(path + request.body) ?? true));
  if (found.length === 0) throw new Error(`${operation} ${path} ${request.body} has no line in the table of actions.`);
  return found;
}
