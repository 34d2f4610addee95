import { addressOf, resolve, type Documents, type Located, type Schema } from './documents.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Some properties are for requests only, others for responses only. A POST may return secrets. */
export type Direction = 'request' | 'response' | 'response of a POST';

export interface Translator {
  translate(schema: Located<Schema>): JsonSchema;
  /** The schemas that translated ones refer to. */
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

const copied = [
  ...['type', 'format', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'multipleOf'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties'],
] as const;

/**
 * Translates OpenAPI 2 schemas into JSON Schema. It is stricter than the documents ask: an object with named properties
 * takes no others, unless its schema allows them. A name that is spelled wrong would pass otherwise, since most
 * properties are optional.
 *
 * Because of that, `allOf` cannot stay as it is: each base would refuse the properties of the others. The bases are
 * merged into one object instead.
 */
export function createTranslator(documents: Documents, direction: Direction): Translator {
  const definitions: Record<string, JsonSchema> = {};
  const names = new Map<string, string>();

  function translate(at: Located<Schema>): JsonSchema {
    return at.node.$ref === undefined ? translateHere(at) : reference(at.node.$ref, at);
  }

  /** The name is taken before the translation, because some schemas refer to themselves. */
  function reference($ref: string, at: Located<Schema>): JsonSchema {
    const address = addressOf($ref, at.file);
    const name = names.get(address) ?? `schema${names.size}`;
    if (!names.has(address)) {
      names.set(address, name);
      definitions[name] = translateHere(resolve(documents, at));
    }
    return { $ref: `#/definitions/${name}` };
  }

  function translateHere({ file, node }: Located<Schema>): JsonSchema {
    const keywords = copied.flatMap((key) => (key in node ? [[key, node[key as keyof Schema]] as const] : []));
    return {
      ...Object.fromEntries(keywords),
      ...(node.enum && { [node['x-ms-enum']?.modelAsString === true ? 'spelling' : 'enum']: node.enum }),
      ...(node.items && { items: translate({ file, node: node.items }) }),
      ...objectKeywords({ file, node }),
    };
  }

  function objectKeywords(at: Located<Schema>): JsonSchema {
    const parts = withBases(at);
    const properties = new Map(
      parts.flatMap(({ file, node }) =>
        Object.entries(node.properties ?? {}).map(([name, property]) => [name, { file, node: property }] as const),
      ),
    );
    const required = new Set(parts.flatMap(({ node }) => node.required ?? []));
    for (const [name, property] of properties) if (!isExpected(property)) required.delete(name);
    const { additionalProperties = properties.size === 0 } = at.node;
    return {
      required: [...required],
      properties: Object.fromEntries(
        [...properties].map(([name, property]) => [name, translateProperty(property, required.has(name))]),
      ),
      additionalProperties:
        typeof additionalProperties === 'boolean'
          ? additionalProperties
          : translateProperty({ file: at.file, node: additionalProperties }, false),
    };
  }

  function withBases({ file, node }: Located<Schema>): readonly Located<Schema>[] {
    const bases = (node.allOf ?? []).map((base) => resolve(documents, { file, node: base }));
    return [...bases.flatMap(withBases), { file, node }];
  }

  /** The services may send `null` for what is optional. */
  function translateProperty(property: Located<Schema>, isRequired: boolean): JsonSchema {
    if (!isAllowed(property)) return { type: 'null' };
    const nullable = resolve(documents, property).node['x-nullable'] ?? !isRequired;
    return nullable ? { anyOf: [translate(property), { type: 'null' }] } : translate(property);
  }

  function isAllowed(property: Located<Schema>): boolean {
    const { node } = resolve(documents, property);
    const mutability = node['x-ms-mutability'] ?? (node.readOnly === true ? ['read'] : ['create', 'update', 'read']);
    if (direction === 'request') return mutability.some((when) => when !== 'read');
    if (node['x-ms-secret'] === true) return direction === 'response of a POST';
    return mutability.includes('read');
  }

  /** A secret may be left out of any response, even where its schema requires it. */
  function isExpected(property: Located<Schema>): boolean {
    const isSecret = resolve(documents, property).node['x-ms-secret'] === true;
    return isAllowed(property) && (direction === 'request' || !isSecret);
  }

  return { translate, definitions };
}
