import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { systemClock } from '../src/shared/clock.ts';
import { createTokens } from '../src/shared/tokens.ts';
import { startAzurite } from '../src/shells/azurite.ts';
import type { Azurite } from '../src/shells/azurite.ts';
import { createCertificates } from '../src/shells/certificates.ts';

const tokens = createTokens({ clock: systemClock(), signingKey: Buffer.alloc(32, 1), issued: new Set() });
let folder: string;
let caFile: string;
let azurite: Azurite;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-azurite-'));
  const certificates = await createCertificates(folder);
  caFile = certificates.caFile;
  azurite = await startAzurite(certificates);
});

afterAll(async () => {
  await azurite.stop();
  await rm(folder, { recursive: true });
});

async function client(audience: string): Promise<unknown> {
  const { token } = await tokens.issue(audience);
  const script = join(import.meta.dirname, 'azuriteClient.ts');
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: caFile };
  const { stdout } = await promisify(execFile)(process.execPath, [script, azurite.blobServiceUri, token], { env });
  return JSON.parse(stdout) as unknown;
}

test('a real client leases, marks and lists blobs with a token over TLS', async () => {
  expect(await client('https://storage.azure.com/')).toEqual({
    second: 'LeaseAlreadyPresent',
    unleased: 'LeaseIdMissing',
    metadata: { sentuntil: 'later' },
    leaseState: 'leased',
    names: ['one'],
  });
});

test("another service's token is refused", async () => {
  expect(await client('https://vault.azure.net')).toEqual({ refused: 'AuthenticationFailed' });
});
