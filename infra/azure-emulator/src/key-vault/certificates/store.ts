import type { Core } from '../../shared/platform.ts';
import { parse } from '../serializers.ts';
import { wholeSeconds } from '../versionedStore.ts';
import { createLinks } from './linkedObjects.ts';
import { policySchema } from './policy.ts';
import type { CertificatePolicy, PolicyDocument } from './policy.ts';
import { cancel, choresOf, merge, pendingOf, request, settle } from './requests.ts';
import type {
  Certificate,
  CertificateShelf,
  CertificateStore,
  Changes,
  Ground,
  Issuance,
  LinkedShelves,
} from './state.ts';

interface Shelves extends LinkedShelves {
  readonly certificates: CertificateShelf;
}

export function createCertificateStore(
  core: Core,
  shelves: Shelves,
  uri: string,
  onChange: (name: string) => void,
): CertificateStore {
  const { open, ...shelf } = shelves.certificates;
  const links = createLinks(core, shelves, uri);
  const issuance: Issuance = { takesMs: 10_000, issuers: new Set(), failure: undefined };
  const ground: Ground = { core, shelf: shelves.certificates, links, issuance, onChange };

  async function ask(name: string, document: PolicyDocument, details: Changes, at: Date): Promise<Certificate> {
    const policy = parse(policySchema, document);
    links.checkFree(name);
    const certificate = open(name, () => newCertificate(name, policy, at));
    if (certificate.pending?.status !== 'inProgress') changePolicy(certificate, policy, at);
    await request(ground, certificate, details, at);
    return certificate;
  }
  async function create(
    name: string,
    document: PolicyDocument,
    options: Parameters<CertificateStore['create']>[2] = {},
  ) {
    const { createdOn = core.clock.now(), ...details } = options;
    const certificate = await ask(name, document, details, createdOn);
    const pending = pendingOf(certificate);
    if (pending.dueMs === Infinity) return certificate;
    pending.dueMs = Infinity; // it is done here, and by no chore of the vault's
    await settle(ground, certificate, pending, createdOn);
    return certificate;
  }
  return {
    ...shelf,
    ...{ issuance, create },
    request: async (name, document, details = {}) => pendingOf(await ask(name, document, details, core.clock.now())),
    pending: (name) => pendingOf(shelf.find(name)),
    cancel: (name, isRequested) => cancel(ground, shelf.find(name), isRequested),
    forget(name) {
      const certificate = shelf.find(name);
      const pending = pendingOf(certificate);
      certificate.pending = undefined;
      return pending;
    },
    merge: (name, leaf, details) => merge(ground, shelf.find(name), leaf, details),
    setPolicy(name, policy) {
      changePolicy(shelf.find(name), policy, core.clock.now());
      onChange(name);
    },
    ...changing(shelves.certificates, links),
    // One whose first version is still to come has nothing to show.
    list: (which) => shelf.list(which).filter(({ versions }) => versions.length > 0),
    chores: () => shelf.list('active').flatMap((each) => choresOf(ground, each)),
  };
}

/** What is done to a certificate is done to its key and its secret. */
function changing(
  shelf: CertificateShelf,
  links: ReturnType<typeof createLinks>,
): Pick<CertificateStore, 'update' | 'delete' | 'recover' | 'purge'> {
  return {
    update(name, changes, version) {
      const updated = shelf.update(name, changes, version);
      links.update(name, changes, updated.version);
      return updated;
    },
    delete(name) {
      shelf.pick(shelf.find(name));
      links.delete(name);
      return shelf.delete(name);
    },
    recover(name) {
      links.recover(name);
      return shelf.recover(name);
    },
    purge(name) {
      links.purge(name);
      shelf.purge(name);
    },
  };
}

function newCertificate(name: string, policy: CertificatePolicy, at: Date): Certificate {
  const on = wholeSeconds(at);
  const dates = { policyCreatedOn: on, policyUpdatedOn: on };
  return { name, versions: [], managed: false, deletedOn: undefined, pending: undefined, policy, ...dates };
}

function changePolicy(certificate: Certificate, policy: CertificatePolicy, at: Date): void {
  certificate.policy = policy;
  certificate.policyUpdatedOn = wholeSeconds(at);
}
