import { z } from 'zod';
import type { Clock } from '../../../shared/clock.ts';
import type { VmExtension } from '../pools/schema.ts';
import type { ExtensionStatus } from '../state.ts';

/** What a poll for one secret brought. */
export type FetchedSecret = { readonly version: string } | { readonly failure: string };

export interface ExtensionContext {
  readonly clock: Clock;
  /** Of the identities that the node has. */
  readonly clientIds: readonly string[];
  /** The secret as it was at that time; an address without a version is answered with the newest one. */
  fetch(url: string, atMs: number): FetchedSecret;
  /** Writes a status for every version it installs, which no document says the extension does. */
  reportsRenewals(): boolean;
}

export interface RunningExtension {
  status(): ExtensionStatus;
  /** Versions by the addresses observed. */
  installed(): ReadonlyMap<string, string>;
  /** The node cannot be used until it is started anew. */
  blocksNode(): boolean;
}

/** What lies further back than this many polls has left no trace. */
const pollsRemembered = 2_000;

/**
 * The Key Vault extension on one node: it polls by the clock, when somebody looks
 * (https://learn.microsoft.com/azure/virtual-machines/extensions/key-vault-linux).
 */
export function runKeyVaultExtension(extension: VmExtension, context: ExtensionContext, startMs: number) {
  const settings = readSettings(extension.settings);
  const installed = new Map<string, string>();
  const started = `Successfully started Key Vault extension service. ${new Date(startMs).toISOString()}`;
  let status: ExtensionStatus = { extension, succeeded: true, message: started, atMs: startMs };
  let blocked = false;
  let nextMs = startMs;

  function poll(atMs: number, from: KeyVaultSettings): void {
    const before = [...installed.values()].join();
    const failures = sync(from, context, installed, atMs);
    settle(atMs, from, failures, [...installed.values()].join() !== before);
  }
  /** Success is told as soon as polling starts, unless the first sync is required. */
  function settle(atMs: number, { requireInitialSync }: KeyVaultSettings, failures: string[], renewed: boolean): void {
    const isFirst = atMs === startMs;
    if (failures.length > 0) {
      blocked = isFirst && requireInitialSync;
      if (!isFirst || blocked) report(false, failures.join(' '), atMs);
    } else if (!status.succeeded) report(true, started, atMs);
    else if (renewed && !isFirst && context.reportsRenewals()) report(true, 'Installed a new version.', atMs);
  }
  /** A failure that goes on keeps the time of its beginning. */
  function report(succeeded: boolean, message: string, atMs: number): void {
    if (succeeded || status.succeeded) status = { extension, succeeded, message, atMs };
  }
  function catchUp(): void {
    const nowMs = context.clock.now().getTime();
    if (!settings) {
      if (startMs <= nowMs) report(false, 'The settings could not be read.', startMs);
      return;
    }
    if (nextMs > startMs) nextMs += Math.max(0, pollsBetween(nextMs, nowMs) - pollsRemembered) * settings.pollMs;
    for (; nextMs <= nowMs && !blocked; nextMs += settings.pollMs) poll(nextMs, settings);
  }
  function pollsBetween(fromMs: number, toMs: number): number {
    return settings ? Math.floor((toMs - fromMs) / settings.pollMs) : 0;
  }
  return {
    status() {
      catchUp();
      return status;
    },
    installed() {
      catchUp();
      return installed;
    },
    blocksNode() {
      catchUp();
      return blocked;
    },
  } satisfies RunningExtension;
}

/** Installs the newest versions of all that is observed; answers what failed. */
function sync(
  from: KeyVaultSettings,
  context: ExtensionContext,
  installed: Map<string, string>,
  atMs: number,
): string[] {
  const problem = tokenProblem(from, context.clientIds);
  if (problem !== undefined) return [problem];
  return from.observed.flatMap((url) => {
    // What is pinned to a version is fetched once and then left alone.
    if (isPinned(url) && installed.has(url)) return [];
    if (!/^https:\/\/[^/]+\/secrets\//.test(url)) return [`${url} is not the address of a secret.`];
    const fetched = context.fetch(url, atMs);
    if ('failure' in fetched) return [fetched.failure];
    installed.set(url, fetched.version);
    return [];
  });
}

/** `…/secrets/{name}/{version}` */
function isPinned(url: string): boolean {
  return URL.canParse(url) && new URL(url).pathname.split('/').filter((part) => part !== '').length > 2;
}

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

interface KeyVaultSettings {
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
function readSettings(settings: unknown): KeyVaultSettings | undefined {
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
function tokenProblem(settings: KeyVaultSettings, clientIds: readonly string[]): string | undefined {
  const { msiEndpoint, msiClientId } = settings;
  if (msiEndpoint === undefined || !endpoints.includes(msiEndpoint.replace(/\/$/, ''))) {
    return `No token is to be had from the endpoint '${msiEndpoint ?? ''}'.`;
  }
  if (msiClientId !== undefined && clientIds.includes(msiClientId)) return undefined;
  return `The identity with the client id '${msiClientId ?? ''}' is not attached to this machine.`;
}
