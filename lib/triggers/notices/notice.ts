import type { RegenerationNotice } from '../../model/state.ts';
import { normalizedId } from '../../model/target.ts';
import type { Demand } from './demand.ts';

/** Announces that a service will regenerate keys, or asks for it: for which resources, since when, by when. */
export interface Notice extends RegenerationNotice {
  /** Lower-case ids of subscriptions. A notice names at least one of them, or a resource. */
  readonly subscriptions: readonly string[];
  /** As `regionOf` writes them. None = everywhere. */
  readonly regions: readonly string[];
  /** Normalized ARM ids. None = every resource of the service. */
  readonly resources: readonly string[];
  readonly demand: Demand;
}

/** Returns one spelling for `West Europe` and `westeurope`. */
export function regionOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Names that mean no region. */
const everywhere = new Set(['', 'global']);

export function isRegional({ regions }: Notice): boolean {
  return regions.length > 0 && !regions.some((region) => everywhere.has(region));
}

/** A resource of unknown region counts as affected: one rotation too many harms no one. */
export function isAffected(notice: Notice, resource: string, region: string | undefined): boolean {
  const id = normalizedId(resource);
  const { subscriptions, regions, resources } = notice;
  if (resources.length > 0) return resources.includes(id);
  if (!subscriptions.includes(id.split('/')[2] ?? '')) return false;
  return region === undefined || !isRegional(notice) || regions.includes(region);
}
