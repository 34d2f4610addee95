import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** An OpenAPI 2 schema with Microsoft's extensions, as far as the documents of the services use them. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly readOnly?: boolean;
  readonly 'x-nullable'?: boolean;
  readonly 'x-ms-secret'?: boolean;
  readonly 'x-ms-mutability'?: readonly ('create' | 'update' | 'read')[];
  readonly 'x-ms-enum'?: { readonly modelAsString?: boolean };
}

export interface Parameter extends Omit<Schema, 'required'> {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'body';
  readonly required?: boolean;
  readonly schema?: Schema;
}

export interface Response {
  readonly schema?: Schema;
  readonly headers?: Readonly<Record<string, Schema>>;
}

export interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, Response>>;
  readonly consumes?: readonly string[];
  readonly produces?: readonly string[];
  readonly 'x-ms-long-running-operation'?: boolean;
}

interface PathItem extends Partial<Record<Method, Operation>> {
  readonly parameters?: readonly Parameter[];
}

export type Method = 'get' | 'put' | 'post' | 'patch' | 'delete' | 'head';

export interface OpenApiDocument extends Pick<Operation, 'consumes' | 'produces'> {
  readonly swagger: '2.0';
  readonly info: { readonly version: string };
  readonly paths?: Readonly<Record<string, PathItem>>;
}

/** Documents by their `file:` URL, so that a reference from one into another resolves as a relative URL. */
export type Documents = ReadonlyMap<string, OpenApiDocument>;

/** A part of a document. References inside it are relative to `file`. */
export interface Located<T> {
  readonly file: string;
  readonly node: T;
}

/** Reads every OpenAPI document under a folder, without their examples. */
export async function readDocuments(folder: string): Promise<Documents> {
  const documents = new Map<string, OpenApiDocument>();
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.json') || name.includes('examples')) continue;
    const path = join(folder, name);
    documents.set(pathToFileURL(path).href, JSON.parse(await readFile(path, 'utf8')) as OpenApiDocument);
  }
  return documents;
}

/** Returns the absolute address of a reference. */
export function addressOf($ref: string, file: string): string {
  return new URL($ref, file).href;
}

/** Follows `$ref` from document to document until a part is not a reference itself. */
export function resolve<T extends object>(documents: Documents, { file, node }: Located<T>): Located<T> {
  if (!('$ref' in node)) return { file, node };
  const url = new URL(String(node.$ref), file);
  const pointer = decodeURIComponent(url.hash.slice(1));
  url.hash = '';
  let target: unknown = documents.get(url.href);
  for (const key of pointer.split('/').slice(1)) {
    target = (target as Record<string, unknown> | undefined)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  if (target === undefined) throw new Error(`Nothing is at ${String(node.$ref)}, which ${file} refers to.`);
  return resolve(documents, { file: url.href, node: target as T });
}
