import type { Call } from '../../../infra/azure-emulator/src/index.ts';
import { second } from '../../../lib/model/clock.ts';
import type { Network } from '../network.ts';
import { keyInUse, ownTeam, tagsOf, valueOf, type Follower, type VersionWorkload } from './simulation.ts';

export interface VersionObserver {
  /** Sentences of promises that were broken. */
  readonly violations: readonly string[];
  /** How many versions the app asked for. */
  readonly made: number;
  /** A person did something. */
  recordOther(): void;
}

/** A read is good for so long: what another did in that time, the app cannot know (R6). */
const readIsGoodForMs = 60_000;
const makes: ReadonlySet<string> = new Set(['rotateKey', 'createCertificate']);

/** Judges each request of the app by what stands in Azure at that moment. */
export function observeVersions(workload: VersionWorkload, network: Pick<Network, 'arriving'>): VersionObserver {
  const { clock, core } = workload.azure;
  const violations: string[] = [];
  let otherMs = -Infinity;
  let made = 0;

  function judge(call: Call, rules: Rules): void {
    const now = clock.now();
    if (network.arriving?.is === 'duplicate') {
      otherMs = now.getTime();
      return;
    }
    if (makes.has(call.operation)) made += 1;
    const sentAt = network.arriving?.sentAt ?? now;
    if (otherMs >= sentAt.getTime() - readIsGoodForMs) return;
    const change: Change = { ...workload, now, sentAt, ...namedIn(call) };
    for (const [sentence, breaks] of Object.entries(rules)) {
      if (breaks(change)) violations.push(`${sentence} [${now.toISOString().slice(5, 19)}]`);
    }
  }
  core.journal.on((call) => {
    const rules = rulesByOperation[call.operation];
    const { prevented, status = 0 } = call;
    if (!rules || prevented || status < 200 || status >= 300) return;
    if (rules === ending && !call.request.body.includes('"enabled":false')) return; // only its tags
    try {
      judge(call, rules);
    } catch (error) {
      violations.push(`the observer failed: ${String(error)}`);
    }
  });
  return {
    violations,
    get made() {
      return made;
    },
    recordOther: () => {
      otherMs = clock.now().getTime();
    },
  };
}

/** A change that the app asked for and that Azure took. */
interface Change extends VersionWorkload {
  readonly now: Date;
  readonly sentAt: Date;
  /** Of the object in the vault. */
  readonly name: string;
  readonly version: string;
  /** Of the Batch account, where the request was about one. */
  readonly account: string | undefined;
  readonly body: string;
}

function namedIn({ path, request }: Call): Pick<Change, 'name' | 'version' | 'account' | 'body'> {
  const [, , name = '', version = ''] = path.split('/');
  return { name, version, account: /batchAccounts\/([^/]+)$/.exec(path)?.[1], body: request.body };
}

/** Each sentence, and what breaks it. */
type Rules = Readonly<Record<string, (change: Change) => boolean>>;

/** A version that was there before a leak was declared is no answer to it (R18). */
const making: Rules = {
  'R25: made a version that no name allows': (change) =>
    change.kind === 'batch-cmk' ? !change.followers.some(isSecretNamed) : accountsNamedIn(change).length === 0,
  '4: made a version though a newer one was there': (change) => !change.leak && isThereANewer(change),
  '5: made a version that no tag announced': (change) => !isAnnounced(change),
};

/** Ends nothing that is live, and nothing early, unless the owner asked for it. */
const ending: Rules = {
  'R25: ended a version that no name allows': (change) => accountsNamedIn(change).length === 0,
  '1: ended the key that an account uses': (change) =>
    change.kind === 'batch-cmk' && change.followers.some(({ account }) => keyInUse(account) === idOf(change)),
  '1: ended the version that a secret names': (change) =>
    change.followers.some(({ secret }) => valueOf(change, secret) === idOf(change)),
  '1: ended the version that a tag names': (change) =>
    change.followers.some(({ secret }) => tagsOf(change, secret)['CredentialId'] === change.version),
  '2: ended before the overlap was over': ({ vault, followers, overlapMs, sentAt }) => {
    const newest = followers.map(({ secret }) => vault.current(secret)?.createdOn.getTime() ?? 0);
    return Math.max(...newest) + overlapMs > sentAt.getTime() + second;
  },
  '3: ended before verify': (change) => !phasesOf(change).some((phase) => phase.startsWith('revoke')),
  '8: ended without the option': (change) => {
    if (change.leak && change.kind === 'pool-certificate') return false;
    return !change.followers.some(({ secret }) => tagsOf(change, secret)['RotationOptions'] === 'disable-old-version');
  },
};

const pointing: Rules = {
  'R25: changed an account that does not name the secret': (change) =>
    !change.followers.some((follower) => follower.account.name === change.account && isSecretNamed(follower)),
  '3: pointed an account to a version that is not fit': (change) =>
    !change.followers.some(({ account }) => account.name === change.account && isFit(change, keyInUse(account))),
  '5: pointed an account to a version that no tag announced': (change) =>
    change.sentAt === change.now && !isAnnounced(change),
};

const publishing: Rules = {
  '3: published a version that is not fit': (change) => !isFit(change, valueOf(change, change.name)),
  '3: published a version that the account does not use': (change) => {
    const account = followerOf(change)?.account;
    return change.kind === 'batch-cmk' && account !== undefined && keyInUse(account) !== valueOf(change, change.name);
  },
  '5: wrote a value without its state': (change) =>
    !(tagsOf(change, change.name)['RotationPhase'] ?? '').startsWith('verify') && !isPublishedAgain(change),
  "8: lost the owner's tags": (change) => !isOwnersKept(change),
};

const tagging: Rules = {
  '1: disabled the current version': (change) =>
    /"enabled":false/.test(change.body) && change.vault.current(change.name)?.version === change.version,
  "8: lost the owner's tags": (change) => !isOwnersKept(change),
};

/** What Keyturn must not do, by the operation's name in the journal. */
const rulesByOperation: Readonly<Record<string, Rules>> = {
  rotateKey: making,
  createCertificate: making,
  updateKey: ending,
  updateCertificate: ending,
  'batch.update': pointing,
  setSecret: publishing,
  updateSecret: tagging,
};

function idOf({ followed, version }: Change): string {
  return `${followed.url}/${version}`;
}

function followerOf({ followers, name }: Change): Follower | undefined {
  return followers.find(({ secret }) => secret === name);
}

function phasesOf(change: Change): readonly string[] {
  return change.followers.map(({ secret }) => tagsOf(change, secret)['RotationPhase'] ?? '');
}

/** The account still names the secret that follows it. */
function isSecretNamed({ secret, account }: Follower): boolean {
  return account.tags['KeyturnCmk']?.endsWith(`/${secret}`) === true;
}

/** By an enabled version or the newest one, or by the one that was enabled until now. */
function accountsNamedIn({ followed, version: changed }: Change): readonly string[] {
  const all = followed.versions();
  return all.flatMap((each) => {
    const counts = each.enabled || each.version === changed || each === all.at(-1);
    return counts ? (each.tags?.['KeyturnAccounts'] ?? []) : [];
  });
}

/** Some tag says that a version is to be made, or used. */
function isAnnounced(change: Change): boolean {
  return phasesOf(change).some((phase) => /^(generate|publish)/.test(phase));
}

/** An earlier version of the secret held this value, bound to the same record (R41). */
function isPublishedAgain({ vault, name }: Change): boolean {
  const [written, ...earlier] = vault.versions(name).toReversed();
  const { RotationRecord: record } = written?.tags ?? {};
  return (
    record !== undefined &&
    earlier.some(({ tags, value }) => {
      return value === written?.value && tags?.['RotationRecord'] === record;
    })
  );
}

function isOwnersKept(change: Change): boolean {
  const { contentType } = change.vault.current(change.name) ?? {};
  return tagsOf(change, change.name)['team'] === ownTeam && contentType === 'text/plain';
}

/** An enabled version of what the target follows, or may follow in place of it. */
export function isFit({ followed, other, now }: VersionWorkload & { readonly now: Date }, id: string): boolean {
  if (id === 'Microsoft.Batch') return true;
  return [followed, other].some(({ url, versions }) =>
    versions().some(({ version, enabled, expiresOn }) => {
      return id === `${url}/${version}` && enabled && (!expiresOn || expiresOn > now);
    }),
  );
}

/** Besides the one that was just made: enabled, and newer than the version of a secret that wants another. */
function isThereANewer(change: Change): boolean {
  const { followed, kind, followers, sentAt } = change;
  const before = kind === 'batch-cmk' ? followed.versions().slice(0, -1) : followed.versions();
  const wanting = followers.filter(({ secret }) => tagsOf(change, secret)['RotationPhase']?.startsWith('generate'));
  const oldest = Math.min(
    ...wanting.map(({ secret }) => before.findIndex(({ version }) => valueOf(change, secret).endsWith(version))),
  );
  return before.some(({ enabled, createdOn }, at) => enabled && createdOn <= sentAt && at > oldest);
}
