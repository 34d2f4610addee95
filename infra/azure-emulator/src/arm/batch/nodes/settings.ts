import { z } from 'zod';

const form = z.looseObject({
  secretsManagementSettings: z.looseObject({
    pollingIntervalInS: z.coerce.number().positive().default(3_600),
    requireInitialSync: z.boolean().default(false),
    observedCertificates: z.array(
      z.union([z.string(), z.looseObject({ url: z.string() }).transform(({ url }) => url)]),
    ),
  }),
  authenticationSettings: z
    .looseObject({ msiEndpoint: z.string().optional(), msiClientId: z.string().optional() })
    .default({}),
});

export interface KeyVaultSettings {
  readonly pollMs: number;
  readonly requireInitialSync: boolean;
  /** Addresses of secrets, with or without a version. */
  readonly observed: readonly string[];
  readonly msiEndpoint: string | undefined;
  readonly msiClientId: string | undefined;
}

/**
 * The settings of the Key Vault extension for Linux and Windows in their documented forms
 * (https://learn.microsoft.com/azure/virtual-machines/extensions/key-vault-linux).
 */
export function readSettings(settings: unknown): KeyVaultSettings | undefined {
  const read = form.safeParse(settings);
  if (!read.success) return undefined;
  const { secretsManagementSettings: managed, authenticationSettings } = read.data;
  return {
    pollMs: managed.pollingIntervalInS * 1_000,
    requireInitialSync: managed.requireInitialSync,
    observed: managed.observedCertificates,
    msiEndpoint: authenticationSettings.msiEndpoint,
    msiClientId: authenticationSettings.msiClientId,
  };
}

/** Where a virtual machine gets tokens: the address in the documents for Linux, and the one in those for Windows. */
const endpoints = ['http://169.254.169.254/metadata/identity', 'http://169.254.169.254/metadata/identity/oauth2/token'];

/** Why the extension gets no token; a machine whose only identities are user-assigned has to name one. */
export function tokenProblem(settings: KeyVaultSettings, clientIds: readonly string[]): string | undefined {
  const { msiEndpoint, msiClientId } = settings;
  if (msiEndpoint === undefined || !endpoints.includes(msiEndpoint.replace(/\/$/, ''))) {
    return `No token is to be had from the endpoint '${msiEndpoint ?? ''}'.`;
  }
  if (msiClientId !== undefined && clientIds.includes(msiClientId)) return undefined;
  return `The identity with the client id '${msiClientId ?? ''}' is not attached to this machine.`;
}
