import { z } from 'zod';
import type { Clock } from '../../../shared/clock.ts';
import type { VmExtension } from '../pools/schema.ts';
import type { ExtensionStatus } from '../state.ts';

/** The result of polling one secret. */
export type FetchedSecret = { readonly version: string } | { readonly problem: string };

export interface ExtensionContext {
  readonly clock: Clock;
  /** The client ids of the node's identities. */
  readonly clientIds: readonly string[];
  /** Returns the secret as it was at that time; an address without a version means the newest one. */
  fetch(url: string, atMs: number): FetchedSecret;
  /** Whether each installed version is written to the status. No document says that the extension does this. */
  reportsRenewals(): boolean;
}

export interface RunningExtension {
  status(): ExtensionStatus;
  /** The installed version by observed address. */
  installed(): ReadonlyMap<string, string>;
  /** Whether the node is unusable until it restarts. */
  blocksNode(): boolean;
}

/** Older polls than this many leave no trace and are skipped. */
const pollsRemembered = 2_000;

/**
 * Runs the Key Vault extension on one node. It polls by the clock and catches up on demand
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
    updateStatus(atMs, from, failures, [...installed.values()].join() !== before);
  }
  /** Success is reported as soon as polling starts, unless the first sync is required. */
  function updateStatus(
    atMs: number,
    { requireInitialSync }: KeyVaultSettings,
    failures: string[],
    renewed: boolean,
  ): void {
    const isFirst = atMs === startMs;
    if (failures.length > 0) {
      blocked = isFirst && requireInitialSync;
      if (!isFirst || blocked) report(false, failures.join(' '), atMs);
    } else if (!status.succeeded) report(true, started, atMs);
    else if (renewed && !isFirst && context.reportsRenewals()) report(true, 'Installed a new version.', atMs);
  }
  /** A continuing problem keeps the time at which it began. */
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

/** Installs the newest version of everything observed; returns the failures. */
function sync(
  from: KeyVaultSettings,
  context: ExtensionContext,
  installed: Map<string, string>,
  atMs: number,
): string[] {
  const problem = tokenProblem(from, context.clientIds);
  if (problem !== undefined) return [problem];
  return from.observed.flatMap((url) => {
    // A pinned version is fetched once.
    if (isPinned(url) && installed.has(url)) return [];
    if (!/^https:\/\/[^/]+\/secrets\//.test(url)) return [`${url} is not the address of a secret.`];
    const fetched = context.fetch(url, atMs);
    if ('problem' in fetched) return [fetched.problem];
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
 * Reads the settings of the Key Vault extension for Linux and Windows in their documented forms
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

/** The token endpoints of a virtual machine: as documented for Linux, and as documented for Windows. */
const endpoints = ['http://169.254.169.254/metadata/identity', 'http://169.254.169.254/metadata/identity/oauth2/token'];

/** Returns why the extension gets no token. A machine with only user-assigned identities has to name one. */
function tokenProblem(settings: KeyVaultSettings, clientIds: readonly string[]): string | undefined {
  const { msiEndpoint, msiClientId } = settings;
  if (msiEndpoint === undefined || !endpoints.includes(msiEndpoint.replace(/\/$/, ''))) {
    return `No token is to be had from the endpoint '${msiEndpoint ?? ''}'.`;
  }
  if (msiClientId !== undefined && clientIds.includes(msiClientId)) return undefined;
  return `The identity with the client id '${msiClientId ?? ''}' is not attached to this machine.`;
}
