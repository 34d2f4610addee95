import { secretFromUrl, secretUrl, type SecretName } from '../../model/target.ts';

/** A rotation's id encodes its target and its start, so that nothing has to remember ids. */
export interface RotationId {
  readonly secret: SecretName;
  readonly start: Date;
}

export function rotationIdOf({ secret, start }: RotationId): string {
  return Buffer.from(`${Math.floor(start.getTime() / 1000)} ${secretUrl(secret)}`).toString('base64url');
}

export function parseRotationId(id: string): RotationId | undefined {
  const [, seconds, url = ''] = /^(\d{1,11}) (\S+)$/.exec(Buffer.from(id, 'base64url').toString()) ?? [];
  const secret = secretFromUrl(url);
  return secret && seconds ? { secret, start: new Date(Number(seconds) * 1000) } : undefined;
}
