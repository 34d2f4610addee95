import { second } from '../../../lib/model/clock.ts';
import type { Follower, Stage } from './stage.ts';
import { ownTags } from './stage.ts';
import { keyInUse } from '../../support/customerManagedKeys.ts';

/** An act of the app that Azure took. */
export interface Acted extends Stage {
  readonly now: Date;
  readonly sentAt: Date;
  /** Of the object in the vault. */
  readonly name: string;
  readonly version: string;
  /** Of Batch, where the act was about one. */
  readonly account: string | undefined;
  readonly body: string;
}

/** Each sentence, and what breaks it. */
type Rules = Readonly<Record<string, (acted: Acted) => boolean>>;

/** Answers the sentences that the act breaks. */
export type Rule = (acted: Acted) => readonly string[];

/** What keyturn may not do, by the operation's name in the journal. */
export const rules: Readonly<Record<string, Rule>> = {
  rotateKey: (acted) => brokenOf(making, acted),
  createCertificate: (acted) => brokenOf(making, acted),
  updateKey: (acted) => brokenOf(ending, acted),
  updateCertificate: (acted) => brokenOf(ending, acted),
  'batch.update': (acted) => brokenOf(pointing, acted),
  setSecret: (acted) => brokenOf(publishing, acted),
  updateSecret: (acted) => brokenOf(tagging, acted),
};

function brokenOf(all: Rules, acted: Acted): readonly string[] {
  return Object.entries(all).flatMap(([sentence, breaks]) => (breaks(acted) ? [sentence] : []));
}

/** What was there before a leak was told of is no answer to it (R18). */
const making: Rules = {
  '4: made a version though a newer one was there': (acted) => !acted.leak && isThereANewer(acted),
  '5: made a version that no tag spoke of': (acted) => !speaksOfMaking(acted),
};

/** Nothing that is live, by whatever says so, and nothing early, unless it was wished. */
const ending: Rules = {
  '1: ended what an account uses': (acted) => {
    return acted.kind === 'batch-cmk' && acted.followers.some(({ account }) => keyInUse(account) === idOf(acted));
  },
  '1: ended what a secret names': (acted) =>
    acted.followers.some(({ secret }) => valueOf(acted, secret) === idOf(acted)),
  '1: ended what a tag names': (acted) => {
    return acted.followers.some(({ secret }) => tagsOf(acted, secret)['CredentialId'] === acted.version);
  },
  '2: ended before settle': ({ vault, followers, overlapMs, sentAt }) => {
    const newest = followers.map(({ secret }) => vault.current(secret)?.createdOn.getTime() ?? 0);
    return Math.max(...newest) + overlapMs > sentAt.getTime() + second;
  },
  '3: ended before verify': (acted) => !phasesOf(acted).some((phase) => phase.startsWith('revoke')),
  '8: ended without the wish': (acted) => {
    if (acted.leak && acted.kind === 'pool-certificate') return false;
    return !acted.followers.some(({ secret }) => tagsOf(acted, secret)['RotationOptions'] === 'disable-old-version');
  },
};

const pointing: Rules = {
  '3: pointed an account to what is not fit': (acted) =>
    !acted.followers.some(({ account }) => account.name === acted.account && isFit(acted, keyInUse(account))),
  '5: pointed an account without a word in the tags': (acted) => {
    return acted.sentAt === acted.now && !speaksOfMaking(acted);
  },
};

const publishing: Rules = {
  '3: published what is not fit': (acted) => !isFit(acted, valueOf(acted, acted.name)),
  '3: published what the account does not use': (acted) => {
    const account = followerOf(acted)?.account;
    return acted.kind === 'batch-cmk' && account !== undefined && keyInUse(account) !== valueOf(acted, acted.name);
  },
  '5: value without its state': (acted) => !(tagsOf(acted, acted.name)['RotationPhase'] ?? '').startsWith('verify'),
  '8: lost what is the owner’s': (acted) => !isKept(acted),
};

const tagging: Rules = {
  '1: disabled the version that is current': (acted) => {
    const isEnding = /"enabled":false/.test(acted.body);
    return isEnding && acted.vault.current(acted.name)?.version === acted.version;
  },
  '8: lost what is the owner’s': (acted) => !isKept(acted),
};

function idOf({ followed, version }: Acted): string {
  return `${followed.url}/${version}`;
}

export function valueOf({ vault }: Pick<Stage, 'vault'>, secret: string): string {
  return vault.current(secret)?.value ?? '';
}

export function tagsOf({ vault }: Pick<Stage, 'vault'>, secret: string): Readonly<Record<string, string>> {
  return vault.current(secret)?.tags ?? {};
}

function followerOf({ followers, name }: Acted): Follower | undefined {
  return followers.find(({ secret }) => secret === name);
}

function phasesOf(acted: Acted): readonly string[] {
  return acted.followers.map(({ secret }) => tagsOf(acted, secret)['RotationPhase'] ?? '');
}

/** Somewhere a tag says that a version is to be made, or used. */
function speaksOfMaking(acted: Acted): boolean {
  return phasesOf(acted).some((phase) => /^(generate|publish)/.test(phase));
}

function isKept(acted: Acted): boolean {
  const { contentType } = acted.vault.current(acted.name) ?? {};
  return tagsOf(acted, acted.name)['team'] === ownTags.team && contentType === 'text/plain';
}

/** An enabled version of what is followed, or of the other that may be wished for. */
export function isFit({ followed, other, now }: Stage & { readonly now: Date }, id: string): boolean {
  if (id === 'Microsoft.Batch') return true;
  return [followed, other].some(({ url, versions }) =>
    versions().some(({ version, enabled, expiresOn }) => {
      return id === `${url}/${version}` && enabled && (!expiresOn || expiresOn > now);
    }),
  );
}

/** Besides the one that was just made: enabled, and newer than what a secret names that wants another. */
function isThereANewer(acted: Acted): boolean {
  const { followed, kind, followers, sentAt } = acted;
  const before = kind === 'batch-cmk' ? followed.versions().slice(0, -1) : followed.versions();
  const wanting = followers.filter(({ secret }) => tagsOf(acted, secret)['RotationPhase']?.startsWith('generate'));
  const oldest = Math.min(
    ...wanting.map(({ secret }) => before.findIndex(({ version }) => valueOf(acted, secret).endsWith(version))),
  );
  return before.some(({ enabled, createdOn }, at) => enabled && createdOn <= sentAt && at > oldest);
}
