import type { RegenerationNotice } from '../../model/state.ts';
import { normalizedId } from '../../model/target.ts';

/** A service will regenerate keys, or asks for it: whose, since when, and by when. */
export interface Notice extends RegenerationNotice {
  /** Normalised ids of subscriptions; one of them at least, or a resource. */
  readonly subscriptions: readonly string[];
  /** As `regionOf` writes them; none = everywhere. */
  readonly regions: readonly string[];
  /** Normalised ARM ids; none = every one of the service. */
  readonly resources: readonly string[];
}

/** `West Europe` and `westeurope` are one. */
export function regionOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Nowhere in particular. */
const everywhere = new Set(['', 'global']);

export function isRegional({ regions }: Notice): boolean {
  return regions.length > 0 && !regions.some((region) => everywhere.has(region));
}

/** A resource whose region is not known counts: one rotation too many harms nobody. */
export function isAffected(notice: Notice, resource: string, region: string | undefined): boolean {
  const id = normalizedId(resource);
  const { subscriptions, regions, resources } = notice;
  if (resources.length > 0) return resources.includes(id);
  if (!subscriptions.includes(id.split('/')[2] ?? '')) return false;
  return region === undefined || !isRegional(notice) || regions.includes(region);
}
