import fc from 'fast-check';

/** One member of a document becomes something else. */
export interface Mutation {
  /** Which member, of all members at every depth. */
  readonly at: number;
  readonly change: Change;
}

type Change =
  | { readonly is: 'removed' }
  | { readonly is: 'another value'; readonly value: unknown }
  | { readonly is: 'renamed'; readonly to: string }
  | { readonly is: 'joined by another'; readonly name: string; readonly value: unknown }
  /** Of text alone; any other value is replaced by the text. */
  | { readonly is: 'text'; readonly edit: Edit; readonly place: number; readonly text: string };

const edits = {
  inserted: (old: string, at: number, text: string) => old.slice(0, at) + text + old.slice(at),
  appended: (old: string, _at: number, text: string) => old + text,
  prepended: (old: string, _at: number, text: string) => text + old,
  'in place of a segment': (old: string, at: number, text: string) => {
    const segments = old.split('/');
    return segments.with(at % segments.length, text).join('/');
  },
  'a segment more': (old: string, at: number, text: string) => {
    const segments = old.split('/');
    return segments.toSpliced(at % segments.length, 0, text).join('/');
  },
  'a segment less': (old: string, at: number) => {
    const segments = old.split('/');
    return segments.toSpliced(at % segments.length, 1).join('/');
  },
  'cut off': (old: string, at: number) => old.slice(0, at),
  'in upper case': (old: string) => old.toUpperCase(),
  'in lower case': (old: string) => old.toLowerCase(),
  'percent-encoded': (old: string) => encodeURIComponent(old),
  repeated: (old: string, at: number) => old.repeat(2 + (at % 40)),
} as const satisfies Record<string, (old: string, at: number, text: string) => string>;
type Edit = keyof typeof edits;

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

/** Texts that mean something to a parser, a path, a URL, a header or a template. */
const texts = [
  ...['..', '.', '/../', '/./', '//', '/', '\\', '..\\', '%2e%2e', '%2F', '%2f..%2f', '%5c', '%00', '%', '%E0%A4%A'],
  ...['?', '?a=b', '#', '#a', ';', ':', '*', '|', '&', '=', '@', '@evil.example', ':443', '.evil.example'],
  ...['https://evil.vault.azure.net', 'http://127.0.0.1', 'file:///etc/passwd', 'javascript:1', '//evil.example/'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'then', 'null', 'undefined'],
  ...['\u0000', '\n', '\r\n', '\t', ' ', '\u00a0', '\u200b', '\u202e', '\ufeff', 'é', 'ß', 'İ', 'K', '💥', '\ud800'],
  ...["'", '"', '`', '<', '>', '{', '}', '[', '$&', '${1}', '-1', '0', '1e999', 'NaN', 'true', 'x'],
  ...['../keyturn-claims/installation', 'a'.repeat(200), 'a'.repeat(3_000), '/a'.repeat(600)],
  ...['9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z', '2026-02-30T00:00:00Z', '2026-13-45T99:99:99Z'],
  ...['+275760-09-13T00:00:00.001Z', '1970-01-01T00:00:00+23:59', '2026-03-02', '638000000000000000'],
] as const;

const values: readonly unknown[] = [
  ...[null, true, false, 0, -0, -1, 0.5, 1e308, 2 ** 53, '', [], {}, [null], [[]], [{}], { '': '' }],
  ...[
    JSON.parse('{"__proto__":{"status":200}}') as unknown,
    { constructor: { prototype: {} } },
    { toString: 1, valueOf: 'x' },
  ],
  ...[{ length: 3 }, { then: 1 }, { toJSON: 'x' }, Array(2_000).fill('a'), deep(2_000), 'a'.repeat(300_000)],
];

const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...texts) },
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...values) },
  text,
  fc.jsonValue({ maxDepth: 3, depthSize: 'small' }),
  fc.array(text, { maxLength: 4 }),
);
const is = <Name extends string>(name: Name) => fc.constant(name);

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(1_000),
  change: fc.oneof(
    fc.record({ is: is('removed') }),
    { weight: 3, arbitrary: fc.record({ is: is('another value'), value }) },
    fc.record({ is: is('renamed'), to: text }),
    fc.record({ is: is('joined by another'), name: text, value }),
    {
      weight: 6,
      arbitrary: fc.record({
        is: is('text'),
        edit: fc.constantFrom(...(Object.keys(edits) as Edit[])),
        place: fc.nat(1_000),
        text,
      }),
    },
  ),
});

type Container = Record<string, unknown>;

/** A copy of the document with one member changed. Names are own members, `__proto__` too. */
export function mutate(document: unknown, { at, change }: Mutation): unknown {
  const copy = structuredClone(document);
  const all = membersIn(copy);
  const member = all[at % all.length];
  if (member) apply(member, change);
  return copy;
}

/** A copy of the text with an edit; changes that no text can have become another text. */
export function mutateText(old: string, { change }: Mutation): string {
  if (change.is === 'text') return edits[change.edit](old, change.place % (old.length + 1), change.text);
  if (change.is === 'renamed') return change.to;
  return change.is === 'another value' ? JSON.stringify(change.value) : '';
}

interface Member {
  readonly owner: Container;
  readonly name: string;
}

function membersIn(value: unknown): readonly Member[] {
  if (typeof value !== 'object' || value === null) return [];
  const owner = value as Container;
  return Object.keys(owner).flatMap((name) => [{ owner, name }, ...membersIn(owner[name])]);
}

function apply({ owner, name }: Member, change: Change): void {
  const old = owner[name];
  switch (change.is) {
    case 'removed':
      Reflect.deleteProperty(owner, name);
      return;
    case 'another value':
      set(owner, name, change.value);
      return;
    case 'renamed':
      Reflect.deleteProperty(owner, name);
      set(owner, change.to, old);
      return;
    case 'joined by another':
      set(owner, change.name, change.value);
      return;
    case 'text':
      set(owner, name, typeof old === 'string' ? mutateText(old, { at: 0, change }) : change.text);
  }
}

/** An assignment to `__proto__` would change the prototype. */
function set(owner: Container, name: string, newValue: unknown): void {
  if (Array.isArray(owner) && !/^\d{1,3}$/.test(name)) return;
  Object.defineProperty(owner, name, { value: newValue, enumerable: true, configurable: true, writable: true });
}
