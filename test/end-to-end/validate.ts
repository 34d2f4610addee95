import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LiveValidator } from 'oav';

/** One request and its answer, as oav wants them. */
export interface Exchange {
  readonly operation: string;
  readonly liveRequest: Sent & { readonly url: string; readonly method: string };
  readonly liveResponse: Sent & { readonly statusCode: string };
}

interface Sent {
  readonly headers: Record<string, string>;
  readonly body?: Record<string, unknown>;
}

/** `unmatched`: no document, or more than one operation, answers to the address. */
export interface Verdict {
  readonly operation: string;
  readonly is: 'valid' | 'invalid' | 'unmatched';
  readonly why: string;
}

/** A process of its own: oav is slow to load, and says much. `node validate.ts <SPECS_DIR> <exchanges> <verdicts>` */
const [specsDir = '', exchangesFile = '', verdictsFile = ''] = process.argv.slice(2);
const validator = new LiveValidator({
  fileRoot: specsDir,
  directory: join(specsDir, 'specification'),
  swaggerPathsPattern: ['batch', 'signalr', 'keyvault'].flatMap((service) => [
    `${service}/**/*.json`,
    `../derived/${service}/**/*.json`,
  ]),
  excludedSwaggerPathsPattern: ['**/examples/**'],
  git: { shouldClone: false },
});
await validator.initialize();
const exchanges = JSON.parse(await readFile(exchangesFile, 'utf8')) as Exchange[];
const verdicts: Verdict[] = [];
for (const exchange of exchanges) verdicts.push(await verdictOn(exchange));
await writeFile(verdictsFile, JSON.stringify(verdicts));

async function verdictOn({ operation, ...pair }: Exchange): Promise<Verdict> {
  const { requestValidationResult, responseValidationResult } = await validator.validateLiveRequestResponse(pair);
  const results = [requestValidationResult, responseValidationResult];
  const unmatched = results.find(({ runtimeException }) => runtimeException)?.runtimeException;
  if (unmatched) return { operation, is: 'unmatched', why: unmatched.code };
  if (results.every(({ isSuccessful }) => isSuccessful === true)) return { operation, is: 'valid', why: '' };
  const errors = results.flatMap((result) => result.errors);
  return { operation, is: 'invalid', why: errors.map(({ code, message }) => `${code}: ${message}`).join('; ') };
}
