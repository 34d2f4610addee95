import { day, later } from '../../../lib/model/clock.ts';
import { fingerprintOf } from '../../../lib/model/sealed.ts';
import { secretName } from '../sdk/facts.ts';
import type { Move } from './history.ts';
import { write, type Town } from './town.ts';

type Moves = { readonly [Name in Move['is']]: (town: Town, move: Move & { is: Name }) => unknown };
type Tags = Readonly<Record<string, string>>;

const moves: Moves = {
  regenerate: ({ b, resource, observer }, { slot }) => {
    b.azure.eventGrid.regenerate(resource, slot);
    observer.seeOthers();
  },
  write: (town, { slot, tags: which }) => {
    const { b, resource } = town;
    const { ProviderAddress = resource.id, CredentialId = slot, ...tags }: Tags = b.tags(secretName);
    const all = {
      all: { ...tags, ProviderAddress, CredentialId },
      wishes: { ProviderAddress, CredentialId },
      none: {},
    };
    write(town, b.keys(resource)[slot], all[which]);
  },
  'secret event': ({ b: { azure, vault } }, { event, back }) =>
    azure.eventGrid.emit(event, vault, secretName, vault.versions(secretName).at(-1 - back)?.version),
  notice: (town, { by, inMs }) => {
    const { b, resource, watch, notices } = town;
    const { azure, clock, topic } = b;
    const at = clock.now();
    const deadline = inMs === undefined ? undefined : later(at, inMs);
    watch.told({ is: 'noticed', at, ...(deadline && { deadline }) });
    const id = `notice-${notices.length}`;
    notices.push({ start: at });
    const subscriptionIds = [resource.subscriptionId];
    const mitigated = deadline && { impactMitigationTime: deadline };
    azure.health.raise({ trackingId: id, eventType: 'HealthAdvisory', subscriptionIds, ...mitigated });
    if (by === 'health') return;
    const data = { resources: [resource.id], ...(deadline && { deadline: deadline.toISOString() }) };
    const type = 'Keyturn.RegenerationNotice';
    const event = { specversion: '1.0', id, source: '/mails', type, time: at.toISOString(), data } as const;
    azure.eventGrid.publish(topic.id, event);
  },
  emergency: async ({ b, resource, watch }, { mode }) => {
    const at = b.clock.now();
    const keys = Object.values(b.keys(resource));
    watch.told({ is: 'emergency', at, mode, leaked: keys.map(fingerprintOf) });
    const body = { vault: b.vault.uri, secret: secretName, mode, compromised: ['Primary', 'Secondary'] };
    const { status } = await b.post({ ...body, reason: 'a drill' }, { 'idempotency-key': at.toISOString() });
    if (status !== 202) watch.told({ is: 'refused', at });
  },
  due: ({ b: { vault, clock } }) => {
    vault.update(secretName, { expiresOn: later(clock.now(), 20 * day) });
  },
};

export async function make(town: Town, move: Move): Promise<void> {
  await (moves[move.is] as (town: Town, move: Move) => unknown)(town, move);
}
