import { BatchManagementClient } from '@azure/arm-batch';
import { SignalRManagementClient } from '@azure/arm-signalr';
import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { EventGridPublisherClient } from '@azure/eventgrid';
import { CertificateClient } from '@azure/keyvault-certificates';
import { KeyClient } from '@azure/keyvault-keys';
import { SecretClient } from '@azure/keyvault-secrets';
import { arm, type Arm, type ArmSettings } from './arm.ts';
import { batchDataPlane, type BatchDataPlane } from './batchDataPlane.ts';
import { errorPolicy, vaultAnswerPolicy } from './errors.ts';
import { guarded } from './guard.ts';
import { retryReads } from './retryReads.ts';
import { timeLimits, withTokenLimit, type LimitClock } from './timeLimit.ts';

/**
 * No request takes longer, its token included. A lease has always as much time left before a write is sent, so none
 * leaves after it (R5, lease time left; R31, time limit covers all).
 */
export const requestTimeoutMs = 20_000;

/** Every client, made on first use. One `HttpClient` underneath is the seam of the crash tests. */
export interface Clients {
  batch(subscriptionId: string): BatchManagementClient;
  signalR(subscriptionId: string): SignalRManagementClient;
  secrets(vaultUrl: string): SecretClient;
  keys(vaultUrl: string): KeyClient;
  certificates(vaultUrl: string): CertificateClient;
  topic(endpoint: string): EventGridPublisherClient<'CloudEvent'>;
  readonly arm: Arm;
  readonly batchData: BatchDataPlane;
  /** For the data planes, whose requests we sign ourselves. */
  readonly http: HttpClient;
}

export function clients(
  identity: TokenCredential,
  http: HttpClient,
  settings: ArmSettings,
  clock: LimitClock,
): Clients {
  const { armEndpoint, armAudience } = settings;
  const credential = withTokenLimit(identity, clock);
  const limits = timeLimits(http, clock);
  const deps = { credential, http: limits.http, timeLimit: limits.policy(requestTimeoutMs) };
  const position = 'perCall' as const;
  const options = {
    httpClient: limits.http,
    // The SDKs' own retry sends a regenerate again after a lost answer: the next inspection decides instead (R3, no
    // automatic retries).
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [
      { policy: errorPolicy, position }, // the first is the outermost
      { policy: deps.timeLimit, position },
      { policy: retryReads, position },
    ],
  };
  const vault = {
    ...options,
    additionalPolicies: [...options.additionalPolicies, { policy: vaultAnswerPolicy, position }],
  };
  const announcing = {
    ...options,
    additionalPolicies: [
      { policy: errorPolicy, position },
      { policy: limits.policy(announceTimeoutMs), position },
    ],
  };
  const management = {
    ...options,
    endpoint: armEndpoint,
    credentialScopes: `${armAudience.replace(/\/$/, '')}/.default`,
  };
  return {
    batch: guardedPerKey(
      (id) => new BatchManagementClient(credential, id, { ...management, apiVersion: '2024-07-01' }),
    ),
    signalR: guardedPerKey((id) => new SignalRManagementClient(credential, id, management)),
    secrets: guardedPerKey((url) => new SecretClient(url, credential, { ...vault, ...loopback(url) })),
    keys: guardedPerKey((url) => new KeyClient(url, credential, { ...vault, ...loopback(url) })),
    certificates: guardedPerKey((url) => new CertificateClient(url, credential, { ...vault, ...loopback(url) })),
    topic: guardedPerKey((endpoint) => new EventGridPublisherClient(endpoint, 'CloudEvent', credential, announcing)),
    arm: arm(deps, settings),
    batchData: batchDataPlane(deps, settings),
    http: limits.client(probeTimeoutMs),
  };
}

/** Four of them may be needed to prove a key. */
const probeTimeoutMs = 10_000;

/** Announcements are sent under a lease: they must not take long. */
const announceTimeoutMs = 5_000;

/** A vault on this machine is no subdomain of Azure's; anywhere else the check of the challenge stays. */
function loopback(url: string): { disableChallengeResourceVerification?: boolean } {
  const { hostname } = new URL(url);
  return /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname)
    ? { disableChallengeResourceVerification: true }
    : {};
}

function guardedPerKey<Client extends object>(make: (key: string) => Client): (key: string) => Client {
  const made = new Map<string, Client>();
  return (key) => {
    const value = made.get(key) ?? guarded(make(key));
    made.set(key, value);
    return value;
  };
}
