import { z } from 'zod';
import { certificateUrl, isSame, type CertificateUrl } from './certificateUrl.ts';
import { differences, type Change } from './difference.ts';
import { imageOf, imageOfNew } from './images.ts';
import type { Os } from './keyVaultExtension.ts';
import { keyVaultExtension } from './keyVaultSettings.ts';
import { signInOf, type Identity } from './poolIdentity.ts';
import { poolView, type PoolBody, type PoolView } from './poolView.ts';
import { identitiesOf, settable } from './settable.ts';
import { list, members, membersOf, object } from './schemas.ts';
import { withoutSecrets } from './redaction.ts';
import { whyChanged } from './changeReasons.ts';

/** The body of the PUT that makes a pool whose nodes renew their certificates by themselves. */
export interface Definition {
  readonly body: PoolBody;
  readonly changes: readonly Change[];
}

/** No definition can be made, because this is missing. */
export interface Unmade {
  readonly missing: 'virtualMachineConfiguration' | 'certificates' | 'identity';
}

/** The certificates and the identity of the new pool. Those of the old one are taken over. */
export interface PoolOptions {
  readonly certificates: readonly string[];
  readonly identity?: Identity | undefined;
}

export interface NewPool extends PoolOptions {
  readonly vmSize: string;
  readonly os: Os;
  readonly nodes: number;
}

export const apiVersion = '2024-07-01';

export function definitionOf({ vmSize, os, nodes, ...options }: NewPool): Definition | Unmade {
  const deploymentConfiguration = { virtualMachineConfiguration: imageOfNew[os] };
  const scaleSettings = { fixedScale: { targetDedicatedNodes: nodes } };
  const made = definitionFrom({ properties: { vmSize, deploymentConfiguration, scaleSettings } }, options);
  return 'missing' in made ? made : { ...made, changes: [] };
}

const bodyShape = object({ identity: members.optional(), properties: members });
const machineShape = object({
  deploymentConfiguration: object({ virtualMachineConfiguration: z.record(z.string(), z.unknown()).optional() }).catch(
    {},
  ),
});

/** Keeps everything of the pool but the extension and members that cannot stand beside it. `changes` lists them. */
export function definitionFrom(pool: PoolBody, options: PoolOptions): Definition | Unmade {
  const { shown, toFillIn } = withoutSecrets(settable(pool));
  const before = bodyShape.parse(shown);
  const machine = machineShape.parse(before.properties).deploymentConfiguration.virtualMachineConfiguration;
  const view = poolView(pool);
  const certificates = certificatesOf(view, options);
  const identity = signInOf(view, options.identity);
  if (!machine) return { missing: 'virtualMachineConfiguration' };
  if (certificates.length === 0) return { missing: 'certificates' };
  if (!identity) return { missing: 'identity' };
  const extensions = extensionsWith(view, list.parse(machine['extensions']), certificates, identity.clientId);
  const virtualMachineConfiguration = { ...machine, ...imageOf(view, machine), extensions };
  const { certificates: _retired, ...kept } = before.properties;
  const body = {
    identity: { type: 'UserAssigned', userAssignedIdentities: identitiesOf(identity.attached) },
    properties: { ...kept, deploymentConfiguration: { virtualMachineConfiguration } },
  };
  return { body, changes: [...toFillIn, ...differences(before, body, whyChanged)] };
}

/** Those that the pool observes already, and those of the options, each once. */
function certificatesOf(view: PoolView, options: PoolOptions): readonly CertificateUrl[] {
  const observed = view.extensions.flatMap((each) => each.observed.map(({ url }) => url));
  const all = [...observed, ...options.certificates].flatMap((url) => certificateUrl(url) ?? []);
  return all.filter((url, index) => all.findIndex((each) => isSame(each, url)) === index);
}

/** A node takes one Key Vault extension: the new one replaces the first, and the others are left out. */
function extensionsWith(
  { os, extensions: views }: PoolView,
  before: readonly unknown[],
  certificates: readonly CertificateUrl[],
  clientId: string,
): readonly unknown[] {
  const [view] = views;
  const old = view ? membersOf(before[view.index]) : {};
  const extension = keyVaultExtension({ os, old, view, certificates, clientId });
  if (!view) return [...before, extension];
  const others = new Set(views.slice(1).map(({ index }) => index));
  return before
    .map((each, index) => (index === view.index ? extension : each))
    .filter((_, index) => !others.has(index));
}
