import { extensionFor, type Form } from './keyVaultExtension.ts';
import { anything, list, members, object, text, type Members } from './schemas.ts';

export interface Observed {
  readonly url: string;
  readonly form: Form;
  /** All members of the certificate's entry. */
  readonly entry: Members;
}

/** The Key Vault extension of a pool, or an extension with the settings of one. */
export interface ExtensionView {
  /** Its place in the pool's list. */
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

function extensionView(extension: unknown, index: number): ExtensionView {
  const { publisher, type, typeHandlerVersion, autoUpgradeMinorVersion, settings } = shape.parse(extension);
  const { secretsManagementSettings: management, authenticationSettings } = settings;
  return {
    index,
    publisher,
    type,
    version: typeHandlerVersion,
    autoUpgrade: autoUpgradeMinorVersion,
    observed: observedIn(management.observedCertificates),
    polling: management.pollingIntervalInS,
    initialSync: management.requireInitialSync,
    ...authenticationSettings,
  };
}

/** Takes every form: the audit finds those that are wrong. */
function observedIn(value: unknown): readonly Observed[] {
  if (typeof value === 'string') return [{ url: value, form: 'bare', entry: {} }];
  return list.parse(value).flatMap((entry): Observed[] => {
    if (typeof entry === 'string') return [{ url: entry, form: 'text', entry: {} }];
    const { url } = members.parse(entry);
    return typeof url === 'string' ? [{ url, form: 'object', entry: members.parse(entry) }] : [];
  });
}
