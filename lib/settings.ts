import { z } from 'zod';
import { phases, type Phase } from './model/state.ts';
import { redact } from './model/redacted.ts';
import type { Settings } from './model/settings.ts';
import { SettingsError } from './model/settingsError.ts';
import { durationFrom, windowFrom } from './tags/optionTags.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const duration = parsed(durationFrom, 'an ISO 8601 duration such as PT25H or P30D');
const window = parsed(windowFrom, 'such as Mon-Fri 01:00-04:00 Europe/Berlin');
const vaults = parsed(vaultsFrom, 'vault URLs such as https://name.vault.azure.net, separated by commas');
const frozen = parsed(frozenFrom, `phases separated by commas, of ${phases.join(', ')}`);
const mode = parsed(modeFrom, 'rotate or observe');
const auth = parsed((text) => (text.toLowerCase() === 'entra' ? 'entra' : undefined), 'entra, or not set');
const url = z.url({ protocol: /^https$/, error: 'should be an https URL' });
const count = z.coerce.number({ error: 'should be a whole number' }).int().min(1).max(10_000);

const shape = z.strictObject({
  KEYTURN_VAULTS: vaults,
  KEYTURN_OBJECT_VAULTS: vaults.default([]),
  KEYTURN_AUTH: auth.optional(),
  KEYTURN_MODE: mode.default('observe'),
  KEYTURN_VALIDITY: duration.default(90 * 86_400_000),
  KEYTURN_LEAD: duration.optional(),
  KEYTURN_OVERLAP: duration.default(25 * 3_600_000),
  KEYTURN_WINDOW: window.optional(),
  KEYTURN_ADOPTION_GRACE: duration.default(86_400_000),
  KEYTURN_PROOF_PATIENCE: duration.default(60_000),
  KEYTURN_FROZEN_PHASES: frozen.default(new Set()),
  KEYTURN_FAILURES_UNTIL_HELD: count.default(5),
  KEYTURN_START_CAP: count.default(100),
  KEYTURN_ARM_ENDPOINT: url.default('https://management.azure.com'),
  KEYTURN_ARM_AUDIENCE: url.default('https://management.azure.com'),
  KEYTURN_TOPIC_ENDPOINT: url.optional(),
});

/** The settings that `infra/azure` may set. */
export const settingNames: readonly string[] = Object.keys(shape.shape);

/** Throws one `SettingsError`. Storage is the app's own: what the host uses, by token. */
export function settingsFrom(env: Environment): Settings {
  const ours = Object.entries(env).filter(([name, value]) => name.startsWith('KEYTURN_') && value?.trim());
  const read = shape.safeParse(Object.fromEntries(ours));
  const blobServiceUrl = storageFrom(env);
  const vaultsElsewhere = read.success ? problemsOfVaults(read.data, env) : [];
  if (read.success && blobServiceUrl && vaultsElsewhere.length === 0) return settings(read.data, blobServiceUrl);
  const storage = blobServiceUrl ? [] : ['AzureWebJobsStorage__accountName (or __blobServiceUri): missing'];
  const found = read.error?.issues.flatMap((issue) => problems(issue, env)) ?? vaultsElsewhere;
  throw new SettingsError([...found, ...storage]);
}

/** The hosts of vaults in Azure's clouds end so (azure-facts: Key Vault limits). */
const vaultHost = /^[a-z0-9-]{1,127}\.vault\.(azure\.net|azure\.cn|usgovcloudapi\.net)$/;
const loopbackHost = /^(localhost|[a-z0-9-]+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/;

/**
 * Tokens for Key Vault are sent to these hosts. One on this machine is the local Azure, and counts only where the host
 * runs for development.
 */
function problemsOfVaults(found: z.output<typeof shape>, env: Environment): readonly string[] {
  const isDevelopment = env['AZURE_FUNCTIONS_ENVIRONMENT'] === 'Development';
  return (['KEYTURN_VAULTS', 'KEYTURN_OBJECT_VAULTS'] as const).flatMap((name) =>
    found[name].flatMap((url) => {
      const { host } = new URL(url);
      const isLocal = loopbackHost.test(host);
      if (vaultHost.test(host) || (isLocal && isDevelopment)) return [];
      const expected = isLocal
        ? 'on this machine is for AZURE_FUNCTIONS_ENVIRONMENT=Development'
        : 'should end in .vault.azure.net, .vault.azure.cn or .vault.usgovcloudapi.net';
      return [`${name}: a vault ${expected}, is ${redact(JSON.stringify(url))}`];
    }),
  );
}

function settings(found: z.output<typeof shape>, blobServiceUrl: string): Settings {
  const { KEYTURN_LEAD: leadMs, KEYTURN_WINDOW: startWindow, KEYTURN_TOPIC_ENDPOINT: topicEndpoint } = found;
  return {
    vaultUrls: found.KEYTURN_VAULTS,
    objectVaultUrls: found.KEYTURN_OBJECT_VAULTS,
    mode: found.KEYTURN_MODE,
    defaults: {
      validityMs: found.KEYTURN_VALIDITY,
      overlapMs: found.KEYTURN_OVERLAP,
      paused: false,
      proof: 'required',
      consumers: 'proceed',
      ...(leadMs !== undefined && { leadMs }),
      ...(startWindow && { window: startWindow }),
    },
    adoptionGraceMs: found.KEYTURN_ADOPTION_GRACE,
    proofPatienceMs: found.KEYTURN_PROOF_PATIENCE,
    frozenPhases: found.KEYTURN_FROZEN_PHASES,
    failuresUntilHeld: found.KEYTURN_FAILURES_UNTIL_HELD,
    startCap: found.KEYTURN_START_CAP,
    armEndpoint: found.KEYTURN_ARM_ENDPOINT,
    armAudience: found.KEYTURN_ARM_AUDIENCE,
    blobServiceUrl,
    ...(topicEndpoint && { topicEndpoint }),
  };
}

function problems(issue: z.core.$ZodIssue, env: Environment): readonly string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(unknownSetting);
  const name = String(issue.path[0]);
  return [`${name}: ${issue.message}, is ${redact(JSON.stringify(env[name] ?? 'missing'))}`];
}

/** Settings of earlier days: an error names the new name, so that none is silently without effect. */
const renamed: Readonly<Record<string, string>> = { KEYTURN_SETTLE: 'KEYTURN_OVERLAP' };

function unknownSetting(name: string): string {
  return renamed[name] ? `${name}: renamed, write ${renamed[name]}` : `${name}: no such setting`;
}

function parsed<T>(read: (text: string) => T | undefined, expected: string) {
  return z.string({ error: `should be ${expected}` }).transform((text, context): T => {
    const value = read(text.trim());
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `should be ${expected}` });
    return z.NEVER;
  });
}

/** Another word is an error: a mode that was misspelt would observe for months without a sign. */
function modeFrom(text: string): Settings['mode'] | undefined {
  const word = text.toLowerCase();
  return word === 'rotate' || word === 'observe' ? word : undefined;
}

function vaultsFrom(text: string): readonly string[] | undefined {
  const urls = text.split(',').map((one) => one.trim());
  return urls.every(isVault) ? urls.map((one) => new URL(one).origin) : undefined;
}

function isVault(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:' && new URL(text).pathname === '/';
}

function frozenFrom(text: string): ReadonlySet<Phase> | undefined {
  const words = text.split(',').map((word) => word.trim());
  const known = words.filter((word): word is Phase => phases.some((phase) => phase === word));
  return known.length === words.length ? new Set(known) : undefined;
}

function storageFrom(env: Environment): string | undefined {
  const account = env['AzureWebJobsStorage__accountName'];
  return env['AzureWebJobsStorage__blobServiceUri'] ?? (account && `https://${account}.blob.core.windows.net`);
}
