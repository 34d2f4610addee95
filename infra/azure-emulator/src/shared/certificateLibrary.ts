import { createRequire } from 'node:module';
import type * as X509 from '@peculiar/x509';

const load = createRequire(import.meta.filename);

/**
 * The certificate library, loaded when it is needed first: loading takes a tenth of a second, and most processes and
 * tests never issue a certificate. Its container of services needs `reflect-metadata` to be there before it.
 */
export function certificateLibrary(): typeof X509 {
  load('reflect-metadata');
  return load('@peculiar/x509') as typeof X509;
}
