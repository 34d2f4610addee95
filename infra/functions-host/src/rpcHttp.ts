import type { HttpData, NullableStrings, TypedData } from './functionsCore.ts';

/** The host answers 500 to a longer body before the app sees it. */
export const longestBody = 100 * 1024 * 1024;

/**
 * Converts an HTTP request to what the host sends to the worker (`ToRpcHttp` in Azure/azure-functions-host). It
 * hands a body on only where `Content-Length` announces one: a chunked body arrives empty.
 */
export async function toRpcHttp(request: Request, params: ReadonlyMap<string, string>): Promise<TypedData> {
  const isAnnounced = Number(request.headers.get('content-length')) > 0;
  const bytes = isAnnounced ? new Uint8Array(await request.arrayBuffer()) : new Uint8Array();
  const query = new URL(request.url).searchParams;
  const http: HttpData = {
    method: request.method,
    url: request.url,
    nullableHeaders: nullable(request.headers),
    nullableQuery: nullable([...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')])),
    nullableParams: nullable(params),
    ...(bytes.length > 0 && { body: { bytes } }),
  };
  return { http };
}

/** Converts a function's result to an HTTP response. A function that returns nothing is 204 without a body. */
export function fromRpcHttp(data: TypedData | undefined): Response {
  const http = data?.http;
  if (!http) return new Response(null, { status: 204 });
  const body = bodyOf(http.body ?? {});
  return new Response(body.length > 0 ? body : null, { status: Number(http.statusCode), headers: http.headers ?? {} });
}

function bodyOf({ bytes, string, json }: TypedData): Buffer<ArrayBuffer> {
  return Buffer.from(bytes ?? string ?? json ?? '');
}

function nullable(entries: Iterable<readonly [string, string]>): NullableStrings {
  return Object.fromEntries([...entries].map(([name, value]) => [name, { value }]));
}
