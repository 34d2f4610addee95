import type { Core } from '../../shared/core.ts';
import { parseBody } from '../serializers.ts';
import { wholeSeconds } from '../versionedStore.ts';
import { createLinkedObjects } from './linkedObjects.ts';
import { policySchema } from './policy.ts';
import type { CertificatePolicy, PolicyDocument } from './policy.ts';
import {
  cancelRequest,
  completeRequest,
  mergeCertificate,
  pendingOf,
  requestVersion,
  scheduledTasksOf,
} from './requests.ts';
import type {
  Certificate,
  CertificateContext,
  CertificateStore,
  CertificateVersions,
  Changes,
  Issuance,
  LinkedStores,
} from './state.ts';

interface CertificateStores extends LinkedStores {
  readonly certificates: CertificateVersions;
}

export function createCertificateStore(
  core: Core,
  stores: CertificateStores,
  uri: string,
  onChange: (name: string) => void,
): CertificateStore {
  const { open, ...store } = stores.certificates;
  const links = createLinkedObjects(core, stores, uri);
  const issuance: Issuance = { takesMs: 10_000, issuers: new Set(), error: undefined };
  const context: CertificateContext = { core, versions: stores.certificates, links, issuance, onChange };

  async function ask(name: string, document: PolicyDocument, details: Changes, at: Date): Promise<Certificate> {
    const policy = parseBody(policySchema, document);
    links.checkFree(name);
    const certificate = open(name, () => newCertificate(name, policy, at));
    if (certificate.pending?.status !== 'inProgress') changePolicy(certificate, policy, at);
    await requestVersion(context, certificate, details, at);
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
    pending.dueMs = Infinity; // it is done here, and by no task of the vault's
    await completeRequest(context, certificate, pending, createdOn);
    return certificate;
  }
  return {
    ...store,
    ...{ issuance, create },
    request: async (name, document, details = {}) => pendingOf(await ask(name, document, details, core.clock.now())),
    pending: (name) => pendingOf(store.find(name)),
    cancel: (name, isRequested) => cancelRequest(context, store.find(name), isRequested),
    forget(name) {
      const certificate = store.find(name);
      const pending = pendingOf(certificate);
      certificate.pending = undefined;
      return pending;
    },
    merge: (name, leaf, details) => mergeCertificate(context, store.find(name), leaf, details),
    setPolicy(name, policy) {
      changePolicy(store.find(name), policy, core.clock.now());
      onChange(name);
    },
    ...updateWithLinks(stores.certificates, links),
    // A certificate without a finished version is not listed.
    list: (which) => store.list(which).filter(({ versions }) => versions.length > 0),
    scheduledTasks: () => store.list('active').flatMap((each) => scheduledTasksOf(context, each)),
  };
}

/** Changes of a certificate apply to its key and secret too. */
function updateWithLinks(
  store: CertificateVersions,
  links: ReturnType<typeof createLinkedObjects>,
): Pick<CertificateStore, 'update' | 'delete' | 'recover' | 'purge'> {
  return {
    update(name, changes, version) {
      const updated = store.update(name, changes, version);
      links.update(name, changes, updated.version);
      return updated;
    },
    delete(name) {
      store.pick(store.find(name));
      links.delete(name);
      return store.delete(name);
    },
    recover(name) {
      links.recover(name);
      return store.recover(name);
    },
    purge(name) {
      links.purge(name);
      store.purge(name);
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
