import { extensionFor, type Form } from './keyVaultExtension.ts';
import { anything, list, members, object, text, type Members } from './schemas.ts';

export interface Observed {
  readonly url: string;
  readonly form: Form;
  /** All that is said of the certificate. */
  readonly entry: Members;
}

/** An extension that is the Key Vault extension, or is told what it would be told. */
export interface ExtensionView {
  /** Where it stands in the pool's list. */
  readonly index: number;
  readonly publisher: string | undefined;
  readonly type: string | undefined;
  readonly version: string | undefined;
  readonly autoUpgrade: unknown;
  readonly observed: readonly Observed[];
  readonly polling: unknown;
  readonly initialSync: unknown;
  readonly msiClientId?: string | undefined;
  readonly msiEndpoint?: string | undefined;
}

const settings = object({
  secretsManagementSettings: object({
    observedCertificates: anything,
    pollingIntervalInS: anything,
    requireInitialSync: anything,
  }),
  authenticationSettings: object({ msiClientId: text, msiEndpoint: text }),
});

const shape = object({
  publisher: text,
  type: text,
  typeHandlerVersion: text,
  autoUpgradeMinorVersion: anything,
  settings,
});

export function observingIn(extensions: unknown): readonly ExtensionView[] {
  return list
    .parse(extensions)
    .map(extensionView)
    .filter(({ type, observed }) => observed.length > 0 || isKeyVault(type));
}

function isKeyVault(type = ''): boolean {
  return Object.values(extensionFor).some((each) => each.type.toLowerCase() === type.toLowerCase());
}

function extensionView(written: unknown, index: number): ExtensionView {
  const { publisher, type, typeHandlerVersion, autoUpgradeMinorVersion, settings } = shape.parse(written);
  const { secretsManagementSettings: managed, authenticationSettings } = settings;
  return {
    index,
    publisher,
    type,
    version: typeHandlerVersion,
    autoUpgrade: autoUpgradeMinorVersion,
    observed: observedIn(managed.observedCertificates),
    polling: managed.pollingIntervalInS,
    initialSync: managed.requireInitialSync,
    ...authenticationSettings,
  };
}

/** What is wrong with the form is for the audit to say. */
function observedIn(written: unknown): readonly Observed[] {
  if (typeof written === 'string') return [{ url: written, form: 'bare', entry: {} }];
  return list.parse(written).flatMap((entry): Observed[] => {
    if (typeof entry === 'string') return [{ url: entry, form: 'text', entry: {} }];
    const { url } = members.parse(entry);
    return typeof url === 'string' ? [{ url, form: 'object', entry: members.parse(entry) }] : [];
  });
}
