/** One service: Web-standard request in, response out. Its routes are a Hono app. */
export interface Service {
  readonly name: 'identity' | 'arm' | 'key-vault' | 'batch' | 'signalr' | 'event-grid';
  fetch(request: Request): Response | Promise<Response>;
}

/** How a connection ended that never brought an answer. */
export type Cut = 'reset' | 'lost-response' | 'stop';
