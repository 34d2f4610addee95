import { HttpRequest } from '@azure/functions';
import { takeNotices } from '../../../lib/triggers/http/notices.ts';
import { startRotation } from '../../../lib/triggers/http/rotations.ts';
import { second } from '../../../lib/model/clock.ts';
import { fingerprintOf } from '../../../lib/model/sealed.ts';
import type { Mode } from '../../../lib/model/state.ts';
import type { Slot } from '../../../lib/providers/accessKeys.ts';
import type { Services } from '../../../lib/reconcile/services.ts';
import { alertOf, type Notice } from './notices.ts';
import { secretName } from './process.ts';
import type { World } from './world.ts';

export interface Emergency {
  readonly mode: Mode;
  readonly compromised?: readonly Slot[];
  /** What was named when the request was sent that was accepted, or whose answer got lost. */
  leaked?: readonly string[];
  status?: number;
}

/** A person asks; told to the observer before, and taken back if it was refused. */
export async function ask(world: World, services: Services, asked: Emergency): Promise<void> {
  const { effects, watch, resource, secret, emergencies } = world;
  const { vaultUrl: vault, name } = secretName;
  const { mode, compromised } = asked;
  const key = `key-${emergencies.indexOf(asked)}`;
  const body = { vault, secret: name, mode, compromised, reason: 'leaked' };
  const named = compromised ?? [resource.slotOf(world.keyIn(secret.current.value)) ?? 'Primary'];
  const leaked = (asked.leaked ??= named.map((slot) => resource.keys[slot]));
  watch.told({ is: 'emergency', at: effects.now, mode, leaked: leaked.map(fingerprintOf) });
  const { status = 0 } = await startRotation(services, posted('rotations', body, { 'idempotency-key': key }));
  asked.status = status;
  if (status === 202) return;
  const equal = [key, mode, ...(compromised ?? [])].join('\n');
  if (world.state.lastRequest === fingerprintOf(equal)) return;
  watch.told({ is: 'refused', at: effects.now });
  delete asked.leaked;
}

/** Counted on the machine's clock too, where the work takes no time. */
const budgetMs = 2 * second;

/** An action group posts an alert; answers whether it need not again. */
export async function alert({ memory }: World, services: Services, notice: Notice): Promise<boolean> {
  const { status = 0 } = await takeNotices(services, memory, posted('notices', alertOf(notice), {}), budgetMs);
  return status === 202;
}

function posted(route: string, body: object, headers: Record<string, string>): HttpRequest {
  const url = `https://app.example/api/${route}`;
  return new HttpRequest({ url, method: 'POST', headers, body: { string: JSON.stringify(body) } });
}
