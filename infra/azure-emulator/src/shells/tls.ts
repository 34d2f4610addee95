import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createServer as createHttpsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createLocalAzure } from '../emulator.ts';
import type { LocalAzure } from '../emulator.ts';
import { identityHost } from '../identity/index.ts';
import type { SteerableClock } from '../shared/clock.ts';
import { ConnectionCut } from '../shared/http.ts';
import type { Handle } from '../shared/http.ts';
import type { Call } from '../shared/journal.ts';
import { createCertificates } from './certificates.ts';
import type { Certificates } from './certificates.ts';

interface TlsOptions {
  readonly clock: SteerableClock;
  /** Where the certificates are written. */
  readonly folder: string;
  /** Stops the process that sent the request; nobody answers it. */
  readonly onStop?: (call: Call) => unknown;
}

export interface RunningLocalAzure {
  readonly azure: LocalAzure;
  readonly certificates: Certificates;
  close(): Promise<void>;
}

/** The local Azure over TLS on loopback: every authority is a port of its own, the identity endpoint plain http. */
export async function startLocalAzure({ clock, folder, onStop }: TlsOptions): Promise<RunningLocalAzure> {
  const certificates = await createCertificates(folder);
  const servers: Server[] = [];
  const listener = getRequestListener(
    (request, { incoming }) => answer(azure.handle, request, incoming as IncomingMessage, onStop),
    { overrideGlobalObjects: false },
  );
  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse) => void listener(incoming, outgoing);
  async function openAuthority(wanted: string): Promise<string> {
    const server =
      wanted === identityHost
        ? createHttpServer(onRequest)
        : createHttpsServer({ cert: certificates.cert, key: certificates.key }, onRequest);
    // A client that has just picked an idle connection is never cut off.
    server.keepAliveTimeout = 0;
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const azure = await createLocalAzure({ clock, openAuthority });
  azure.eventGrid.start();
  async function close(): Promise<void> {
    azure.eventGrid.close();
    await closeAll(servers);
  }
  return { azure, certificates, close };
}

async function answer(
  handle: Handle,
  request: Request,
  incoming: IncomingMessage,
  onStop: TlsOptions['onStop'],
): Promise<Response> {
  try {
    return await handle(request);
  } catch (error) {
    if (!(error instanceof ConnectionCut)) throw error;
    if (error.cut === 'stop') onStop?.(error.call);
    else incoming.socket.destroy();
    return new Promise(() => undefined);
  }
}

async function closeAll(servers: Server[]): Promise<void> {
  await Promise.all(
    servers.map(async (server) => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }),
  );
}
