import { jwtVerify } from 'jose';
import { acceptedKeys } from '../arm/resource.ts';
import type { SignalRService } from '../arm/signalr/state.ts';
import type { Core } from '../shared/platform.ts';

/**
 * Whether the request carries a token that one of the service's keys signed for this very address: HS256 over the
 * key's own characters, `aud` the URL without query and trailing slash, `exp` in the future
 * (https://learn.microsoft.com/azure/azure-signalr/signalr-reference-data-plane-rest-api).
 */
export async function isAuthentic(core: Core, service: SignalRService, request: Request): Promise<boolean> {
  const [, token] = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  if (token === undefined) return false;
  core.issued.add(token);
  if (service.disableLocalAuth) return false;
  const currentDate = core.clock.now();
  const options = { algorithms: ['HS256'], audience: audiencesOf(request.url), requiredClaims: ['exp'], currentDate };
  const tried = acceptedKeys(service, currentDate.getTime()).map((key) =>
    jwtVerify(token, Buffer.from(key, 'utf8'), options).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(tried)).includes(true);
}

/** Microsoft's .NET client leaves the query in, and is accepted. */
function audiencesOf(requestUrl: string): string[] {
  const { origin, pathname, search } = new URL(requestUrl);
  const plain = `${origin}${pathname.replace(/\/$/, '')}`;
  return [plain, `${plain}${search}`];
}
