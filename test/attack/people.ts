import { z } from 'zod';
import { keysAt, type Vault } from '../../infra/azure-emulator/src/index.ts';
import { day, later } from '../../lib/model/clock.ts';
import { currentKey, liveSlot, type Ledger } from './ledger.ts';
import type { Named, PersonAct, Slot } from './plan.ts';
import { openExcuse } from './repairs.ts';
import { renewCertificate } from './targets.ts';
import type { AttackTarget, World } from './world.ts';

/** The people of an attack, and what the app answered them. */
export interface People {
  /** Answers to `POST /api/rotations`, by status. */
  readonly answers: ReadonlyMap<number, number>;
  readonly acts: number;
  /** Secrets that name the resource of another owner. */
  readonly forged: number;
  /** Those of them that the app wrote to: it took them for targets. */
  readonly obeyed: number;
  act(target: AttackTarget, does: PersonAct): Promise<void>;
}

interface Acting {
  readonly world: World;
  readonly ledger: Ledger;
  readonly target: AttackTarget;
}

type Does<Is extends PersonAct['is']> = Extract<PersonAct, { is: Is }>;
type Acts = { readonly [Is in PersonAct['is']]: (acting: Acting, does: Does<Is>) => unknown };

/** A request that is refused is sent again after so many units, and so often. */
const againAfter = 4;
const maxTries = 40;

export function createPeople(world: World, ledger: Ledger): People {
  const answers = new Map<number, number>();
  const forged: { readonly vault: Vault; readonly name: string }[] = [];
  let acts = 0;

  const deeds: Acts = {
    'falls due': fallsDue,
    'forges a secret': forge,
    regenerates: regenerate,
    'writes a version': write,
    'disables the version': disable,
    'removes the tags': untag,
    pauses: pause,
    'declares an emergency': (acting, does) => declare(acting, does, maxTries),
  };

  async function declare(acting: Acting, does: Does<'declares an emergency'>, tries: number): Promise<void> {
    if (!hasKeys(acting.target)) return;
    const status = await ask(acting, does);
    answers.set(status, (answers.get(status) ?? 0) + 1);
    const mayPass = status >= 500 || status === 429 || status === 0;
    if (mayPass && tries > 1) {
      world.after(againAfter * world.unitMs, () => declare(acting, does, tries - 1));
    }
  }

  /**
   * The author of one secret names the resource of another owner: with a key that is none, with the public name of its
   * key, or with a certificate for an account that it does not name.
   */
  function forge({ target }: Acting): void {
    const { vault, kind, resource, valueWith } = target;
    const name = `forged-${forged.length}`;
    const another = world.targets.find((each) => each.kind === 'batch-key' && each.resource !== resource) ?? target;
    const isOfCertificate = kind === 'pool-certificate';
    vault.setSecret(name, hasKeys(target) ? valueWith('Zm9yZWlnbg==') : (vault.current(target.name)?.value ?? ''), {
      tags: {
        ProviderAddress: isOfCertificate ? another.resource.id : resource.id,
        ...(hasKeys(target) ? {} : { RotationKind: kind, RotationOptions: 'disable-old-version' }),
        ...{ ValidityPeriodDays: '1', RotationOverlap: 'PT0S' },
      },
    });
    forged.push({ vault, name });
  }
  return {
    answers,
    get obeyed() {
      return forged.filter(({ vault, name }) => vault.versions(name).length > 1).length;
    },
    get forged() {
      return forged.length;
    },
    get acts() {
      return acts;
    },
    async act(target, does) {
      acts += 1;
      const act = deeds[does.is] as (acting: Acting, does: PersonAct) => unknown;
      await act({ world, ledger, target }, does);
    },
  };
}

/** The owner shortens the life of the current version, or makes a version of the key or certificate. */
async function fallsDue({ world, target }: Acting): Promise<void> {
  const { vault, name, kind, sourceObject = '' } = target;
  if (kind === 'batch-cmk') vault.keys.rotate(sourceObject);
  else if (kind === 'pool-certificate') await renewCertificate(target);
  else vault.update(name, { expiresOn: later(world.now(), 20 * day) });
}

function regenerate({ world, ledger, target }: Acting, { which }: Does<'regenerates'>): void {
  if (!hasKeys(target)) return;
  const live = liveSlot(target, world.now().getTime());
  if (live === undefined) return;
  ledger.regenerateByPerson(target, which === 'live' ? live : otherSlot(live));
}

function write(acting: Acting, { what, undoneAfter }: Does<'writes a version'>): void {
  const { world, ledger, target } = acting;
  if (!hasKeys(target)) return;
  const live = liveSlot(target, world.now().getTime());
  if (live === undefined) return;
  const keys = keysAt(target.resource, world.now().getTime());
  const key = { live: keys[live], standby: keys[otherSlot(live)], foreign: 'Zm9yZWlnbg==' }[what];
  writeVersion(acting, key);
  const isOver = what === 'foreign' ? openExcuse(ledger, target, 'foreign value', world.now()) : () => undefined;
  world.after(undoneAfter * world.unitMs, () => {
    isOver(world.now());
    if (currentKey(target) === key) writeWorking(acting);
  });
}

function writeVersion({ ledger, target }: Acting, key: string): void {
  const { vault, name, valueWith } = target;
  vault.setSecret(name, valueWith(key), { tags: vault.current(name)?.tags });
  ledger.disturbed(target);
  ledger.wrote(target);
}

/** Writes a key that works where the secret holds none. */
function writeWorking(acting: Acting): void {
  const { world, target } = acting;
  if (!hasKeys(target) || liveSlot(target, world.now().getTime()) !== undefined) return;
  const slot = target.vault.current(target.name)?.tags?.['CredentialId'] === 'Secondary' ? 'Secondary' : 'Primary';
  writeVersion(acting, keysAt(target.resource, world.now().getTime())[slot]);
}

function disable({ world, ledger, target }: Acting, { undoneAfter }: Does<'disables the version'>): void {
  const { vault, name } = target;
  const version = vault.current(name)?.version;
  vault.update(name, { enabled: false }, version);
  const isOver = openExcuse(ledger, target, 'disabled', world.now());
  world.after(undoneAfter * world.unitMs, () => {
    vault.update(name, { enabled: true }, version);
    isOver(world.now());
  });
}

/** Puts back what was there, without the state. What happened meanwhile is for the person to mend. */
function untag(acting: Acting, { undoneAfter }: Does<'removes the tags'>): void {
  const { world, ledger, target } = acting;
  const { vault, name } = target;
  const tags = vault.current(name)?.tags ?? {};
  const own = Object.entries(tags).filter(([tag]) => !/^Rotation(Phase|Record|Progress)$/.test(tag));
  vault.update(name, { tags: {} });
  ledger.disturbed(target);
  const isOver = openExcuse(ledger, target, 'untagged', world.now());
  world.after(undoneAfter * world.unitMs, () => {
    const now = vault.current(name)?.tags ?? {};
    const slot = liveSlot(target, world.now().getTime());
    const credential = hasKeys(target) && slot ? { CredentialId: slot } : {};
    if (now['ProviderAddress'] === undefined) {
      vault.update(name, { tags: { ...now, ...Object.fromEntries(own), ...credential } });
    }
    writeWorking(acting);
    isOver(world.now());
  });
}

function pause({ world, ledger, target }: Acting, { undoneAfter }: Does<'pauses'>): void {
  edit((tags) => ({ ...tags, RotationPaused: 'true' }));
  const isOver = openExcuse(ledger, target, 'paused', world.now());
  world.after(undoneAfter * world.unitMs, () => {
    edit(({ RotationPaused: _, ...tags }) => tags);
    isOver(world.now());
  });

  function edit(change: (tags: Record<string, string>) => Record<string, string>): void {
    const { vault, name } = target;
    const { tags, version } = vault.current(name) ?? {};
    if (tags?.['ProviderAddress'] !== undefined) vault.update(name, { tags: change({ ...tags }) }, version);
  }
}

const refusal = z.object({ after: z.string() });

/** Returns the emergency of just now that an answer names. */
async function lastIn(answer: Response | undefined): Promise<string | undefined> {
  return refusal.safeParse(await answer?.json().catch(() => undefined)).data?.after;
}

/** Asks any host that answers, once more if the answer names another emergency. Returns the status, or 0 for none. */
async function ask(acting: Acting, does: Does<'declares an emergency'>, after?: string): Promise<number> {
  const { world, ledger, target } = acting;
  const { vault, name } = target;
  const compromised = does.compromised?.flatMap((each) => slotNamed(acting, each) ?? []);
  const request = new Request('https://app.example/api/rotations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ vault: vault.uri, secret: name, mode: does.mode, compromised, after, reason: 'attacked' }),
  });
  ledger.disturbed(target);
  const { immediates } = ledger.of(target);
  const immediate = { at: world.now(), named: formerAmong(acting, compromised) };
  if (does.mode === 'immediate') immediates.add(immediate);
  const host = world.hosts[0].isUp ? world.hosts[0] : world.hosts[1];
  const answer = await host.send(request).catch(() => undefined);
  const last = after === undefined ? await lastIn(answer) : undefined;
  const status = answer?.status ?? 0;
  if (status >= 400 && status < 500) immediates.delete(immediate);
  return last === undefined ? status : ask(acting, does, last);
}

/** A live key that leaked gets the time of an immediate emergency; any other one that is named ends at once. */
function formerAmong({ world, target }: Acting, named: readonly Slot[] = []): ReadonlySet<string> {
  const keys = keysAt(target.resource, world.now().getTime());
  return new Set(named.map((slot) => keys[slot]).filter((key) => key !== currentKey(target)));
}

function slotNamed({ world, target }: Acting, named: Named): Slot | undefined {
  const live = liveSlot(target, world.now().getTime());
  return live && (named === 'live' ? live : otherSlot(live));
}

export function hasKeys({ kind }: AttackTarget): boolean {
  return kind === 'batch-key' || kind === 'signalr-key';
}

function otherSlot(slot: Slot): Slot {
  return slot === 'Primary' ? 'Secondary' : 'Primary';
}
