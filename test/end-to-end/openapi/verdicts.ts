import { Ajv, type ErrorObject, type Options } from 'ajv';
import {
  resolve,
  type Documents,
  type Located,
  type Method,
  type OpenApiDocument,
  type Operation,
  type Parameter,
  type Response,
} from './documents.ts';
import { createTranslator, type JsonSchema, type Translator } from './jsonSchema.ts';
import { formats } from './formats.ts';

/** One request and its answer. */
export interface Exchange {
  readonly operation: string;
  readonly request: Message & { readonly method: string; readonly url: string };
  readonly response: Message & { readonly status: number };
}

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** `unmatched`: no document, or more than one operation, describes the address. */
export interface Verdict {
  readonly operation: string;
  readonly is: 'valid' | 'invalid' | 'unmatched';
  readonly why: string;
}

/** The operation that a request calls, with the values of the parameters in its path. */
interface Match {
  readonly document: OpenApiDocument;
  readonly operation: Located<Operation>;
  readonly parameters: readonly Located<Parameter>[];
  readonly path: Readonly<Record<string, string>>;
}

type Validate = (schema: JsonSchema, translator: Translator, value: unknown) => readonly string[];

const options: Options = { strict: false, allErrors: true, formats };
const validateJson = createValidate(options);
/** Parameters and headers are text. */
const validateText = createValidate({ ...options, coerceTypes: true });

export function createVerdicts(documents: Documents): (exchange: Exchange) => Verdict {
  return ({ operation, request, response }) => {
    const [match, ...others] = matches(documents, request);
    if (match === undefined) return { operation, is: 'unmatched', why: 'no operation' };
    if (others.length > 0) return { operation, is: 'unmatched', why: 'several operations' };
    const faults = [
      ...requestFaults(documents, match, request),
      ...responseFaults(documents, match, request, response),
    ];
    return { operation, is: faults.length === 0 ? 'valid' : 'invalid', why: faults.join('; ') };
  };
}

/** Of the operations with the request's version, method and path, those with the fewest parameters in their path. */
function matches(documents: Documents, { method, url }: Exchange['request']): readonly Match[] {
  const { pathname, searchParams } = new URL(url, 'https://localhost');
  const found: Match[] = [];
  for (const [file, document] of documents) {
    if (document.info.version !== searchParams.get('api-version')) continue;
    for (const [template, item] of Object.entries(document.paths ?? {})) {
      const path = pathValues(template, pathname);
      const operation = item[method.toLowerCase() as Method];
      if (path === undefined || operation === undefined) continue;
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
      const resolved = parameters.map((node) => resolve(documents, { file, node }));
      found.push({ document, operation: { file, node: operation }, parameters: resolved, path });
    }
  }
  const fewest = Math.min(...found.map(({ path }) => Object.keys(path).length));
  return found.filter(({ path }) => Object.keys(path).length === fewest);
}

/** Resource Manager does not distinguish capitals in addresses. */
function pathValues(template: string, pathname: string): Record<string, string> | undefined {
  const [names, values] = [template.split('/'), pathname.split('/')];
  if (names.length !== values.length) return undefined;
  const found: Record<string, string> = {};
  for (const [i, name] of names.entries()) {
    const value = decodeURIComponent(values[i] ?? '');
    const parameter = /^\{(.+)\}$/.exec(name)?.[1];
    if (parameter !== undefined && value !== '') found[parameter] = value;
    else if (name.toLowerCase() !== value.toLowerCase()) return undefined;
  }
  return found;
}

function requestFaults(documents: Documents, match: Match, { url, headers, body }: Exchange['request']): string[] {
  const { document, operation, parameters, path } = match;
  const translator = createTranslator(documents, 'request');
  const query = Object.fromEntries(new URL(url, 'https://localhost').searchParams);
  const places = { path, query, header: headers };
  const faults = Object.entries(places).flatMap(([place, values]) => {
    const here = parameters.filter(({ node }) => node.in === place);
    const properties = here.map(({ file, node: { required: _, ...node } }) => [
      node.name,
      translator.translate({ file, node }),
    ]);
    const required = here.flatMap(({ node }) => (node.required === true ? [node.name] : []));
    const schema = { type: 'object', required, properties: Object.fromEntries(properties) as JsonSchema };
    return validateText(schema, translator, values).map((fault) => `${place}${fault}`);
  });
  const described = parameters.find(({ node }) => node.in === 'body');
  if (body === undefined) return described?.node.required === true ? [...faults, 'the request has no body'] : faults;
  if (described?.node.schema === undefined) return [...faults, 'the request has a body'];
  const schema = translator.translate({ file: described.file, node: described.node.schema });
  return [
    ...faults,
    ...contentTypeFaults(operation.node.consumes ?? document.consumes, headers, 'request'),
    ...validateJson(schema, translator, body).map((fault) => `request${fault}`),
  ];
}

function responseFaults(
  documents: Documents,
  { document, operation: { file, node: operation } }: Match,
  { method }: Exchange['request'],
  { status, headers, body }: Exchange['response'],
): readonly string[] {
  const described = describedResponse(operation, status);
  if (described === undefined) return [`status ${status} is not described`];
  const response = resolve<Response>(documents, { file, node: described });
  const translator = createTranslator(documents, method === 'POST' ? 'response of a POST' : 'response');
  const isAccepted = operation['x-ms-long-running-operation'] === true && status === 202;
  const faults = [...headerFaults(response, translator, headers), ...(isAccepted ? pollingFaults(headers) : [])];
  const { schema } = response.node;
  if (schema === undefined) return faults;
  if (body === undefined) return isAccepted ? faults : [...faults, 'the response has no body'];
  return [
    ...faults,
    ...contentTypeFaults(operation.produces ?? document.produces, headers, 'response'),
    ...validateJson(translator.translate({ file: response.file, node: schema }), translator, body).map(
      (fault) => `response${fault}`,
    ),
  ];
}

function describedResponse({ responses }: Operation, status: number): Response | undefined {
  return responses[status] ?? (status >= 400 ? responses['default'] : undefined);
}

/** Each header is optional. */
function headerFaults(
  { file, node }: Located<Response>,
  translator: Translator,
  headers: Message['headers'],
): readonly string[] {
  return Object.entries(node.headers ?? {}).flatMap(([name, header]) => {
    const value = headers[name.toLowerCase()];
    const schema = { properties: { [name]: translator.translate({ file, node: header }) } };
    return value === undefined ? [] : validateText(schema, translator, { [name]: value });
  });
}

function pollingFaults(headers: Message['headers']): readonly string[] {
  const isAddressed = ['location', 'azure-asyncoperation'].some((name) => (headers[name] ?? '') !== '');
  return isAddressed ? [] : ['a 202 names no address to poll'];
}

function contentTypeFaults(
  known: readonly string[] = ['application/json'],
  headers: Message['headers'],
  where: string,
): readonly string[] {
  const type = headers['content-type']?.split(';')[0] ?? 'missing';
  return known.includes(type) ? [] : [`${where}: the content type is ${type}`];
}

/** A known value may be spelled in one way only, where the service may add values that no document lists yet. */
function isSpelledAsListed(listed: readonly unknown[], value: unknown): boolean {
  if (typeof value !== 'string' || listed.includes(value)) return true;
  return !listed.some((each) => String(each).toLowerCase() === value.toLowerCase());
}

function createValidate(ajvOptions: Options): Validate {
  const ajv = new Ajv(ajvOptions);
  ajv.addKeyword({ keyword: 'spelling', validate: isSpelledAsListed });
  return (schema, { definitions }, value) => {
    const validate = ajv.compile({ ...schema, definitions });
    validate(structuredClone(value));
    return (validate.errors ?? []).map(faultOf);
  };
}

function faultOf({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`;
}
