import type { Resource } from '../../../infra/azure-emulator/src/index.ts';
import { isTurnForDriftCheck } from '../../../lib/decide/sweepSelection.ts';
import { hour, later, minute, second } from '../../../lib/model/clock.ts';
import { regenerated } from '../situations/play.ts';
import { told, type Wired } from '../../support/wired.ts';
import { atRest, isAlive, repaired } from './keys.ts';

test('R17: while the data plane takes the replaced key a second look has to agree: the event comes again and repairs', async () => {
  const { b, resource } = await atRest('newBatch');
  resource.timing.acceptReplacedMs = 90 * second;
  b.azure.eventGrid.regenerate(resource, 'Primary');
  await b.deliver();
  expect(b.tags()['RotationPhase']).toMatch(/drift-confirming/);
  expect(await b.calls(() => b.events(2 * minute))).not.toContain('listSecrets');
  expect(told(b)).toEqual(repaired);
  expect(isAlive(b, resource)).toBe(true);
});

test('a person’s long-running regenerate whose event comes at its acceptance is repaired when it ends, by events', async () => {
  const { b, resource } = await atRest('newSignalR');
  b.azure.eventGrid.settings.actionEvent = 'atAcceptance';
  if (resource.kind === 'signalr') resource.regenerateMs = 30 * second;
  await asPerson(b, resource, 'regenerateKey', { keyType: 'Primary' });
  expect(await b.calls(() => b.events(2 * minute))).not.toContain('listSecrets');
  expect(told(b)).toEqual(repaired);
});

test('a person’s long-running regenerate whose event comes at its end is repaired by it', async () => {
  const { b, resource } = await atRest('newSignalR');
  await asPerson(b, resource, 'regenerateKey', { keyType: 'Primary' });
  expect(await b.calls(() => b.events(10 * second))).not.toContain('listSecrets');
  expect(told(b)).toEqual(repaired);
});

/** Through Azure Resource Manager, with a token of somebody else. */
async function asPerson(b: Wired, resource: Resource, action: string, body: object): Promise<void> {
  const { azure } = b;
  const person = { clientId: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c', objectId: 'b0b00000-0000-4000-8000-000000000001' };
  const { token } = await azure.core.tokens.issue('https://management.azure.com', person);
  const version = resource.kind === 'batch' ? '2024-07-01' : '2023-02-01';
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const url = `${azure.armEndpoint}${resource.id}/${action}?api-version=${version}`;
  const answer = await azure.handle(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }));
  expect(answer.ok).toBe(true);
}

test('stale listKeys: the live key is refused, so the event comes again until the list shows the new key', async () => {
  const { b, resource } = await atRest('newBatch');
  resource.timing.staleReadMs = 60 * second;
  b.azure.eventGrid.regenerate(resource, 'Primary');
  expect(await b.calls(() => b.events(2 * minute))).not.toContain('listSecrets');
  expect(told(b)).toEqual([repaired[0], 'Rotation.Held live-refused', ...repaired.slice(1)]);
  expect(regenerated(b)).toBe(0);
});

test('a regenerate that no event told of is found by the rolling check, within six hours', async () => {
  const { b, resource } = await atRest('newBatch');
  b.azure.eventGrid.faults.plan({ eventType, effect: { kind: 'drop' } });
  b.azure.eventGrid.regenerate(resource, 'Primary');
  const from = b.clock.now().getTime();
  const turnMs = turnOf(b);
  expect(turnMs - from).toBeLessThanOrEqual(6 * hour);
  await b.live(turnMs - from - minute);
  expect(told(b)).toEqual(['Target.Adopted adopted']);
  await b.live(2 * minute);
  expect(told(b)).toEqual(repaired);
});

const eventType = 'Microsoft.Resources.ResourceActionSuccess';

/** When the verify timer looks at the secret next: once in six hours. */
function turnOf({ clock, core, vault }: Wired): number {
  const secret = { vaultUrl: vault.uri, name: 'secret' };
  const target = { secret, kind: '', resource: '', options: core.settings.defaults };
  const stateBinding = { installation: '', resource: '', value: '', credentials: [] };
  const at = Array.from({ length: 73 }, (_, i) => later(clock.now(), (i + 1) * 5 * minute));
  const dates = { createdOn: clock.now() };
  return (
    at.find((now) => isTurnForDriftCheck({ target, state: { refusals: 0, stateBinding }, ...dates }, now))?.getTime() ??
    NaN
  );
}
