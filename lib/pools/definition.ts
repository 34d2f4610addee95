import { z } from 'zod';
import { certificateUrl, isSame, type CertificateUrl } from './certificateUrl.ts';
import { differences, type Change } from './difference.ts';
import { imageOf, imageOfNew } from './images.ts';
import type { Os } from './keyVaultExtension.ts';
import { extended } from './keyVaultSettings.ts';
import { signsInAs, type Identity } from './poolIdentity.ts';
import { poolView, type PoolBody, type PoolView } from './poolView.ts';
import { attaching, settable } from './settable.ts';
import { list, members, membersOf, object } from './schemas.ts';
import { withoutSecrets } from './redaction.ts';
import { whyChanged } from './changeReasons.ts';

/** The body of the PUT that makes a pool whose nodes renew their certificates by themselves. */
export interface Definition {
  readonly body: PoolBody;
  readonly changes: readonly Change[];
}

/** None can be made: this has to be said, or is not there. */
export interface Unmade {
  readonly missing: 'virtualMachineConfiguration' | 'certificates' | 'identity';
}

/** What the pool should have; what is not said is taken from the pool. */
export interface Wish {
  readonly certificates: readonly string[];
  readonly identity?: Identity | undefined;
}

export interface NewPool extends Wish {
  readonly vmSize: string;
  readonly os: Os;
  readonly nodes: number;
}

export const apiVersion = '2024-07-01';

export function definitionOf({ vmSize, os, nodes, ...wish }: NewPool): Definition | Unmade {
  const deploymentConfiguration = { virtualMachineConfiguration: imageOfNew[os] };
  const scaleSettings = { fixedScale: { targetDedicatedNodes: nodes } };
  const made = definitionFrom({ properties: { vmSize, deploymentConfiguration, scaleSettings } }, wish);
  return 'missing' in made ? made : { ...made, changes: [] };
}

const bodyShape = object({ identity: members.optional(), properties: members });
const machineShape = object({
  deploymentConfiguration: object({ virtualMachineConfiguration: z.record(z.string(), z.unknown()).optional() }).catch(
    {},
  ),
});

/** Everything stays but the extension and what cannot stay beside it; `changes` says what, and why. */
export function definitionFrom(pool: PoolBody, wish: Wish): Definition | Unmade {
  const { shown, toFillIn } = withoutSecrets(settable(pool));
  const before = bodyShape.parse(shown);
  const machine = machineShape.parse(before.properties).deploymentConfiguration.virtualMachineConfiguration;
  const view = poolView(pool);
  const certificates = certificatesOf(view, wish);
  const identity = signsInAs(view, wish.identity);
  if (!machine) return { missing: 'virtualMachineConfiguration' };
  if (certificates.length === 0) return { missing: 'certificates' };
  if (!identity) return { missing: 'identity' };
  const extensions = extensionsWith(view, list.parse(machine['extensions']), certificates, identity.clientId);
  const virtualMachineConfiguration = { ...machine, ...imageOf(view, machine), extensions };
  const { certificates: _retired, ...kept } = before.properties;
  const body = {
    identity: { type: 'UserAssigned', userAssignedIdentities: attaching(identity.attached) },
    properties: { ...kept, deploymentConfiguration: { virtualMachineConfiguration } },
  };
  return { body, changes: [...toFillIn, ...differences(before, body, whyChanged)] };
}

/** Those that the pool observes already, and those that are wished for; each once. */
function certificatesOf(view: PoolView, wish: Wish): readonly CertificateUrl[] {
  const observed = view.extensions.flatMap((each) => each.observed.map(({ url }) => url));
  const all = [...observed, ...wish.certificates].flatMap((url) => certificateUrl(url) ?? []);
  return all.filter((url, index) => all.findIndex((each) => isSame(each, url)) === index);
}

/** In place of the first of its kind: a node takes one. */
function extensionsWith(
  { os, extensions: seen }: PoolView,
  before: readonly unknown[],
  certificates: readonly CertificateUrl[],
  clientId: string,
): readonly unknown[] {
  const [view] = seen;
  const was = view ? membersOf(before[view.index]) : {};
  const extension = extended({ os, was, view, certificates, clientId });
  if (!view) return [...before, extension];
  const others = new Set(seen.slice(1).map(({ index }) => index));
  return before
    .map((each, index) => (index === view.index ? extension : each))
    .filter((_, index) => !others.has(index));
}
