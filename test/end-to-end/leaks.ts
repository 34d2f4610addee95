/** Texts by the place where they were found. */
export type Written = readonly (readonly [place: string, text: string])[];

/** Any so many characters in a row of any spelling count as a leak. */
const gramLength = 16;

/** Where a piece of one of the secrets stands, with the text before it. */
export function leaksIn(written: Written, secrets: Iterable<string>): string[] {
  const grams = new Set([...secrets].flatMap(spellings).flatMap(gramsOf));
  return written.flatMap(([place, text]) => {
    const at = gramsOf(text).findIndex((gram) => grams.has(gram));
    return at < 0 ? [] : [`${place}: ${text.slice(Math.max(0, at - 80), at)}…`];
  });
}

/** Of a token only the signature is secret: header and claims are found in every other one. */
function spellings(secret: string): string[] {
  const text = secret.split('.').at(-1) ?? secret;
  const bytes = Buffer.from(text, 'base64');
  return [
    text,
    encodeURIComponent(text),
    encodeURIComponent(encodeURIComponent(text)),
    text.replaceAll('/', '\\/'),
    text.replaceAll(/[+/=]/g, escaped),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    ...inBase64(text),
  ];
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The encoding of a part depends on its distance from the beginning. */
function inBase64(text: string): string[] {
  return [0, 1, 2].flatMap((distance) => {
    const encoded = Buffer.from(`${' '.repeat(distance)}${text}`).toString('base64');
    const own = encoded.replaceAll('=', '').slice(4 * Math.sign(distance), -1);
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function gramsOf(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - gramLength + 1) }, (_, at) => text.slice(at, at + gramLength));
}
