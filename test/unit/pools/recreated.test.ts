import { z } from 'zod';
import { identityAt, type Pool } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, later } from '../../../lib/model/clock.ts';
import type { PoolBody } from '../../../lib/pools/poolView.ts';
import { members } from '../../../lib/pools/schemas.ts';
import { withAt } from './pointers.ts';
import { documentedCertificate, documentedPool, documentedWindowsPool } from './samplePools.ts';
import { createTestApp, postRequest, type TestApp } from '../../support/createTestApp.ts';
import { certificatePolicy } from '../../support/poolCertificates.ts';

const settings = '/properties/deploymentConfiguration/virtualMachineConfiguration/extensions/0/settings';
const observed = `${settings}/secretsManagementSettings/observedCertificates/0`;
const answer = z.object({
  findings: z.array(z.object({ reason: z.string() })),
  definition: z.record(z.string(), z.unknown()),
  next: z.string(),
});

/**
 * The pool of the documents with its certificate in the vault that it names, and an identity of which it knows the id.
 */
async function stage(sample: PoolBody, pinned: (version: string) => unknown) {
  const app = await createTestApp();
  const vault = await app.azure.keyVault.createVault('testkvwestus2s');
  const name = documentedCertificate.split('/').at(-1) ?? '';
  const certificate = await vault.createCertificate(name, certificatePolicy, {
    createdOn: later(app.clock.now(), -10 * day),
  });
  const version = () => certificate.versions.at(-1)?.version ?? '';
  const identities = Object.keys(members.parse(members.parse(sample.identity)['userAssignedIdentities']));
  const { clientId } = identityAt(identities[0] ?? '');
  const known = withAt(sample, `${settings}/authenticationSettings/msiClientId`, clientId);
  const { properties } = withAt(known, observed, pinned(version()));
  const account = await app.newBatch();
  const old = app.azure.createPool(account, { name: 'test2', identities, properties });
  const renew = () => vault.createCertificate(name, certificatePolicy);
  return { app, account, old, id: `${account.id}/pools/test2`, version, renew };
}

const pinnedText = (version: string) => `${documentedCertificate}/${version}`;

test.each([
  [
    'Linux',
    documentedPool,
    pinnedText,
    ['pool-extension-outdated', 'pool-url-pinned', 'pool-msi-endpoint', 'pool-image-too-old'],
  ],
  [
    'Windows',
    documentedWindowsPool,
    (version: string) => ({ url: pinnedText(version) }),
    ['pool-url-pinned', 'pool-msi-endpoint'],
  ],
])(
  'the pool of the page for %s: what POST /api/pools/definition answers is made, and its nodes renew',
  async (_os, sample, pinned, faults) => {
    const { app, account, old, id, version, renew } = await stage(sample, pinned);
    const before = await define(app, id);
    expect(before.findings.map(({ reason }) => reason)).toEqual(faults);

    expect(await put(app, before)).toBe(200);
    app.pass(hour);
    const made = account.pools.get('test2-kv');
    expect(installedOn(made)).toEqual([version()]);
    await renew();
    app.pass(2 * hour);
    expect(installedOn(made).join()).toContain(version());
    expect(installedOn(old).join()).not.toContain(version());

    expect((await define(app, `${id}-kv`)).findings).toEqual([]);
    expect(await put(app, before)).toBe(412);
  },
);

function installedOn(pool: Pool | undefined): readonly string[] {
  return pool?.nodes.map((node) => [...node.installed.values()].join()) ?? [];
}

async function define(app: TestApp, pool: string): Promise<z.output<typeof answer>> {
  const { status, body } = await app.keyturn.definePool(postRequest({ pool }));
  expect(status).toBe(200);
  return answer.parse(JSON.parse(z.string().parse(body)));
}

/** As the command in `next` does it. */
async function put({ azure }: TestApp, { definition, next }: z.output<typeof answer>): Promise<number> {
  const [, path = ''] = /--method put --url "([^"]+)" --headers "If-None-Match=\*"/.exec(next) ?? [];
  const { token } = await azure.core.tokens.issue('https://management.azure.com');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-none-match': '*' };
  const body = JSON.stringify(definition);
  const { status } = await azure.handle(new Request(`${azure.armEndpoint}${path}`, { method: 'PUT', headers, body }));
  return status;
}
