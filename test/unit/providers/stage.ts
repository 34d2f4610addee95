import { randomBytes } from 'node:crypto';
import type { Call, Resource } from '../../../infra/azure-emulator/src/index.ts';
import { resourceGraph } from '../../../lib/azure/resourceGraph.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import { Sealed } from '../../../lib/model/sealed.ts';
import type { Credential, Inspection } from '../../../lib/model/snapshot.ts';
import { emptyState, type Cause, type Phase, type Rotation, type State } from '../../../lib/model/state.ts';
import { revocable, type RevocableCredential } from '../../../lib/model/target.ts';
import type { ProviderInput, SendOwn } from '../../../lib/providers/provider.ts';
import { providers } from '../../../lib/providers/registry.ts';
import { claims } from '../../../lib/stores/claims.ts';
import { vault } from '../../../lib/stores/vault.ts';
import { emptyContainer, memoryBlobs } from '../../simulation/memoryBlobs.ts';
import { options } from '../decide/situation.ts';
import type { Reached, Shell } from './shells.ts';

/** A resource that uses a credential, which the secret names. */
export interface Ground {
  readonly resource: Resource;
  /** The text of the secret. */
  readonly value: string;
  /** The same, of a credential that the resource has not. */
  readonly foreign: string;
  /** Everything there is of the kind, to be compared. */
  all(): unknown;
  works(credential: Credential): boolean;
  /** The cause of a rotation in which a replaced credential ends at once. */
  readonly endingCause?: Cause;
}

/** What the suite must know of a kind to play its owner. */
export interface Kind<G extends Ground = Ground> {
  readonly kind: string;
  create(reached: Reached): Promise<G>;
  /** The calls of an inspection, by the journal's names, and the reason where one finds nothing. */
  readonly reads: Readonly<Record<string, Reason>>;
  /** What makes a credential, by its name in the journal. */
  readonly makes: string;
  /** The texts of a secret for a credential in use. */
  readonly forms: readonly ((credential: Credential, resource: Resource) => string)[];
  /** Words of a tag or request, and the id that each of them names. */
  readonly words: readonly (readonly [word: string, id: string | undefined])[];
}

export type Stage<G extends Ground = Ground> = Awaited<ReturnType<typeof stage<G>>>;

/** The provider with the real clients, amid what its kind needs. */
export async function stage<G extends Ground>({ kind, create }: Kind<G>, shell: Shell) {
  const reached = await shell.reach();
  const { azure, clients, place } = reached;
  const ground = await create(reached);
  const resource: G['resource'] = ground.resource;
  const provider = providers({
    ...{ clients, graph: resourceGraph(clients.arm), random: randomBytes },
    objectVaults: [...azure.keyVault.vaults.values()].map(({ uri }) => uri),
    claims: claims(memoryBlobs(emptyContainer(), azure.clock)),
    vault: vault(clients),
  }).of(kind);
  if (!provider) throw new Error(`There is no provider of ${kind}.`);
  const { inspect: inspection } = provider;
  const start = azure.clock.now();
  const before = azure.core.journal.calls.length;
  const calls = () => azure.core.journal.calls.slice(before).filter(isAsked);
  const operations = () => calls().map(({ operation }) => operation);

  function view(text: string = ground.value, more: Partial<ProviderInput> = {}): ProviderInput {
    const secret = { version: 'v1', value: new Sealed(text), createdOn: start, updatedOn: start, tags: {} };
    const target = { ...targetOf(kind), resource: resource.id };
    return { target, secret, state: emptyState, now: azure.clock.now(), ...more };
  }
  async function seen(of: ProviderInput): Promise<Inspection> {
    for (let looks = 0; looks < 20; looks += 1) {
      const found = await inspection({ ...of, now: azure.clock.now() });
      if (found.readiness.is === 'valid') return found;
      azure.clock.advance(5_000);
    }
    throw new Error('Nothing was seen.');
  }
  const count = (wanted: string) => operations().filter((operation) => operation === wanted).length;
  return { azure, clients, place, ground, resource, provider, view, seen, calls, operations, count };
}

/** Where tokens come from, and the challenge of a vault, are the shell's. */
function isAsked({ service, status }: Call): boolean {
  return service !== 'identity' && !(service === 'key-vault' && status === 401);
}

function targetOf(kind: string) {
  const kindOptions = new Set(['disable-old-version'] as const);
  return { secret: { vaultUrl: 'https://kv.vault.azure.net', name: 's' }, kind, options: { ...options, kindOptions } };
}

/** In rotation, and the state remembers the inspection at its beginning. */
export function during(
  phase: Phase,
  { credentials: all }: Pick<Inspection, 'credentials'>,
  cause: Cause = 'schedule',
): { state: State } {
  const credentials = all.map(({ id, fingerprint }) => ({ id, fingerprint }));
  const toRevoke = credentials.map(({ fingerprint }) => fingerprint);
  const rotation: Rotation = { phase, cause, start: new Date(0), mode: 'graceful', toRevoke };
  return {
    state: { ...emptyState, stateBinding: { installation: 'i', resource: '', value: '', credentials }, rotation },
  };
}

/** The credential that generate would replace, of a kind with one. */
export function standbyIn({ live, standby }: Inspection): RevocableCredential | undefined {
  return live && standby && revocable(standby.id, live.id, undefined);
}

/** Sends the request as it is. A visit also notes the answer. */
export const plainly: SendOwn = (request) => request();

/**
 * A credential made in place of the standby, or after what is live; the inspection before, and the one that shows it.
 */
export async function made(s: Stage, first = s.view()) {
  const before = await s.provider.inspect(first);
  const { host } = before;
  const view = { ...first, ...during('generate', before), ...(host && { host }) };
  await s.provider.generate(view, standbyIn(before), plainly);
  const after = await s.seen(view);
  const { next } = after;
  if (!next) throw new Error('Nothing was made.');
  return { view, before, after, next };
}

export type Made = Awaited<ReturnType<typeof made>>;

/** The resource uses what was made, and the secret says so. */
export async function published(s: Stage, { view, before, next }: Made): Promise<ProviderInput> {
  await s.provider.adopt?.(view, next, plainly);
  const value = s.provider.render(next, view.secret.value);
  const secret = { ...view.secret, value, tags: { CredentialId: next.id } };
  return { ...view, secret, ...during('verify', before) };
}

export function credentialOf(id: string, text: string): Credential {
  const value = new Sealed(text);
  return { id, fingerprint: value.fingerprint, value };
}
