import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { startLocalAzure, systemClock, type LocalAzure } from '../../infra/azure-emulator/src/index.ts';
import { subscribeAll } from '../../infra/demo/subscriptions.ts';
import { createAttack, type Attack } from './attack.ts';
import { callOnce, consumersOf, type Consumer, type Reach } from './consumers.ts';
import { createHostProcess, sweepMs, type HostProcess } from './hosts.ts';
import { planOf } from './plan.ts';
import { countsOf, reportOf, type Report } from './report.ts';
import { startStorage } from './storage.ts';
import { seedTargets, type Seeded, type SeededTarget } from './targets.ts';
import type { World } from './world.ts';

export interface ProcessAttack {
  readonly seed: number;
  readonly minutes: number;
  readonly targets: number;
  /** Aborted when a person ends it. */
  readonly signal: AbortSignal;
  print(line: string): void;
}

/** Overlaps of 35 to 60 seconds. */
const unitMs = 1_000;
const consumersPerTarget = 2;
const callEveryMs = 2_000;
/** What the last faults and people left takes this long at most, but for requests in flight. */
const calmMs = 240_000;
const adoptionMs = 120_000;

/** Two hosts as processes of their own, on one Azurite and one local Azure. */
export async function attackProcesses(options: ProcessAttack): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-attack-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    return await run(options, folder, closing);
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

async function run(options: ProcessAttack, folder: string, closing: (() => Promise<unknown>)[]): Promise<Report> {
  const { seed, minutes, signal, print } = options;
  print(`starting a local Azure with ${options.targets} targets, Azurite and two hosts`);
  const local = await startLocalAzure({ clock: systemClock(), folder });
  closing.push(() => local.close());
  const { azure, certificates } = local;
  tls.setDefaultCACertificates([certificates.ca]);
  const storage = await startStorage(local, folder);
  closing.push(() => storage.stop());
  const seeded = await seedTargets(azure, options.targets, unitMs);
  const topic = await azure.eventGrid.createTopic('attacktopic');
  const settings = {
    ...settingsOf(azure, seeded, topic.endpoint),
    AzureWebJobsStorage__blobServiceUri: storage.blobServiceUri,
    NODE_EXTRA_CA_CERTS: certificates.caFile,
  };
  const keys = { functionKey: randomUUID(), eventGridKey: randomUUID() };
  const onLine = (line: string) => {
    attack.log.add(line);
  };
  const hostOf = (name: string) => createHostProcess({ name, settings, ...keys, onLine });
  const hosts = { 0: hostOf('first'), 1: hostOf('second') };
  const pending = new Set<NodeJS.Timeout>();
  const world: World = {
    ...{ azure, targets: seeded.targets, hosts, unitMs },
    now: () => azure.clock.now(),
    after: (ms, act) => {
      const timer = setTimeout(() => {
        pending.delete(timer);
        void Promise.resolve(act()).catch((error: unknown) => attack.failedActs.push(String(error)));
      }, ms);
      pending.add(timer);
    },
    restartStorage: (downMs) => void storage.restart(downMs),
  };
  const attack = createAttack(world);
  closing.push(async () => {
    for (const timer of pending) clearTimeout(timer);
    await Promise.all([hosts[0].stop(), hosts[1].stop()]);
  });
  await Promise.all([hosts[0].start(), hosts[1].start()]);
  const sources = {
    vaults: seeded.vaults.map(({ id }) => id),
    subscriptionIds: seeded.subscriptionIds,
    topic: topic.id,
  };
  azure.eventGrid.settings.deliver = createFront(hosts);
  await subscribeAll(azure.eventGrid, { endpoint: 'https://app.example/runtime/webhooks/eventgrid', ...sources });
  const progress = createProgress(attack, print);
  closing.push(progress.stop);

  await progress.until('adoption of all targets', adoptionMs, () => notAdopted(seeded.targets), signal);
  const consumers = startConsumers(attack, await reachOf(azure, seeded.targets), signal);
  closing.push(consumers.stop);
  const memory = [`memory at the start: ${await memoryOf(hosts)}`];
  const attackMs = minutes * 60_000;
  for (const timed of planOf({ seed, units: attackMs / unitMs, targets: options.targets })) {
    world.after(timed.at * unitMs, () => attack.perform(timed));
  }
  world.after(attackMs / 2, async () => memory.push(`memory in the middle: ${await memoryOf(hosts)}`));
  await progress.until('the end of the attack', attackMs, () => -1, signal);
  attack.faults.end();
  await progress.until('every target at rest, waiting or held', calmMs, () => pending.size + restless(attack), signal);
  memory.push(`memory in the end: ${await memoryOf(hosts)}`);
  await consumers.stop();
  return reportOf(attack, { sweepMs, memory });
}

function settingsOf(azure: LocalAzure, { vaults }: Seeded, topicEndpoint: string): Record<string, string> {
  return {
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    KEYTURN_VAULTS: vaults.map(({ uri }) => uri).join(','),
    KEYTURN_MODE: 'rotate',
    KEYTURN_ADOPTION_GRACE: 'PT0S',
    KEYTURN_TOPIC_ENDPOINT: topicEndpoint,
    KEYTURN_ARM_ENDPOINT: azure.armEndpoint,
    KEYTURN_ARM_AUDIENCE: 'https://management.azure.com',
    IDENTITY_ENDPOINT: azure.identity.endpoint,
    IDENTITY_HEADER: azure.identity.header,
  };
}

function notAdopted(targets: readonly SeededTarget[]): number {
  return targets.filter(({ vault, name }) => vault.current(name)?.tags?.['RotationRecord'] === undefined).length;
}

/** How many dead keys wait for a repair that will come, and how many other targets are adrift. */
function restless(attack: Attack): number {
  const open = attack.repairs(sweepMs).filter(({ isDone }) => !isDone);
  const left = new Set(open.filter(({ cause }) => longWaits.includes(cause)).map(({ target }) => target));
  const adrift = attack.endStates(0).filter(({ is, target }) => is === 'adrift' && !left.has(target));
  return adrift.length + open.length - left.size;
}

/** What ends these takes an hour or more. */
const longWaits = ['event lost', 'not a target', 'disabled', 'foreign value', 'held'];

async function memoryOf(hosts: Readonly<Record<0 | 1, HostProcess>>): Promise<string> {
  const own = `local Azure and consumers ${Math.round(process.memoryUsage().rss / 1_048_576)} MB`;
  return [await hosts[0].memory(), await hosts[1].memory(), own].join(', ');
}

/** Gives each request to the next host that listens. */
function createFront(hosts: Readonly<Record<0 | 1, HostProcess>>): (request: Request) => Promise<Response> {
  let turn = 0;
  return (request) => {
    turn += 1;
    const [one, other] = turn % 2 === 0 ? [hosts[0], hosts[1]] : [hosts[1], hosts[0]];
    return (one.isUp ? one : other).send(request);
  };
}

/** Over HTTPS, as an application does. */
async function reachOf({ core }: LocalAzure, targets: readonly SeededTarget[]): Promise<Reach> {
  const reader = { clientId: 'c0450000-0000-4000-8000-000000000001', objectId: 'c0450000-0000-4000-8000-000000000002' };
  const { token } = await core.tokens.issue('https://vault.azure.net', reader);
  const calls = new Map(targets.map(({ name, call }) => [name, call]));
  const get = (url: string) =>
    fetch(`${url}?api-version=2025-07-01`, { headers: { authorization: `Bearer ${token}` } });
  return {
    async read({ vault, name }) {
      const answer = await get(`${vault.uri}/secrets/${name}`).catch(() => undefined);
      const body = (await answer?.json().catch(() => undefined)) as { value?: string } | undefined;
      return { status: answer?.status ?? 0, ...(answer?.ok && body?.value !== undefined && { value: body.value }) };
    },
    async call({ name, kind, keyIn }, value) {
      // The version of a certificate is read as nodes read it: as a secret.
      const isCertificate = kind === 'pool-certificate';
      const asked = isCertificate ? get(value.replace('/certificates/', '/secrets/')) : calls.get(name)?.(keyIn(value));
      const answer = await asked?.catch(() => undefined);
      await answer?.arrayBuffer().catch(() => undefined);
      return answer?.status ?? 0;
    },
  };
}

function startConsumers(attack: Attack, reach: Reach, ended: AbortSignal): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, ended]);
  const { world, ledger, tally } = attack;
  const consumers = world.targets.flatMap((target) => consumersOf(target, consumersPerTarget, world.now()));
  const call = async (consumer: Consumer, nth: number) => {
    await pause((nth / consumers.length) * callEveryMs, signal);
    while (!signal.aborted) {
      await callOnce(consumer, { reach, ledger, tally, now: world.now });
      await pause(callEveryMs, signal);
    }
  };
  const loops = consumers.map(call);
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

interface Progress {
  /** Waits until `left` is 0, and no longer than so long. Throws if a person ends it. */
  until(what: string, ms: number, left: () => number, signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

const progressEveryMs = 15_000;

/** Prints four times a minute what is waited for and until when. Meanwhile it keeps the journal short. */
function createProgress(attack: Attack, print: (line: string) => void): Progress {
  const { world, tally, log, ledger, faults } = attack;
  let waitsFor = '';
  const timer = setInterval(() => {
    world.azure.core.journal.clear();
    const { failed, calls } = tally;
    const open = ledger.repairs().filter(({ doneAt }) => !doneAt).length;
    const states = countsOf(attack.endStates(sweepMs).map(({ is }) => is));
    print(
      `${waitsFor}: ${calls} calls, ${failed.app} failed without reason; ${log.completed} rotations, ${open} repairs`,
    );
    print(`  targets: ${states}; now: ${faults.standing().join(', ') || 'no fault'}`);
  }, progressEveryMs);
  return {
    async until(what, ms, left, signal) {
      const endMs = Date.now() + ms;
      waitsFor = `waits for ${what}, until ${new Date(endMs).toISOString().slice(11, 19)} at most`;
      print(waitsFor);
      while (Date.now() < endMs && left() !== 0) await sleep(500, undefined, { signal });
    },
    stop() {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}
