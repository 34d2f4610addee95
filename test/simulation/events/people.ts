import { live, other, type Act } from '../port/act.ts';
import { acts } from '../port/acts.ts';
import type { World } from '../port/world.ts';

/** What a person takes back, or does to the secret as a whole. */
const more: readonly Act[] = [
  {
    does: 'unpauses',
    act: ({ secret }) => {
      const { RotationPaused: _, ...tags } = secret.current.tags;
      if (!secret.deleted) secret.tag(tags, 'other');
    },
  },
  {
    does: 'tags the secret again',
    act: ({ secret, resource }) => {
      const { tags } = secret.current;
      if (!secret.deleted) secret.tag({ owner: 'anna', ...tags, ProviderAddress: resource.id }, 'other');
    },
  },
  {
    does: 'rotates back: writes what the version before held, with its tags',
    act: ({ secret }) => {
      const before = secret.versions.at(-2) ?? secret.current;
      if (!secret.deleted) secret.write(before, 'other');
    },
  },
  {
    does: 'writes a version with the live key, and 3 seconds later one with the other key',
    act: (world) => {
      put(world, live(world));
      world.effects.after(3_000, () => {
        put(world, other(live(world)));
      });
    },
  },
  {
    does: 'deletes the secret',
    act: ({ secret }) => {
      if (!secret.deleted) secret.delete();
    },
  },
  {
    does: 'restores the secret',
    act: ({ secret }) => {
      if (secret.deleted) secret.restore();
    },
  },
];

function put(world: World, slot: 'Primary' | 'Secondary'): void {
  const { secret, resource } = world;
  if (!secret.deleted) secret.write({ value: world.render(resource.keys[slot]), tags: secret.current.tags }, 'other');
}

/** Everything that people do in a history of events. */
export const people: ReadonlyMap<string, Act> = new Map([...acts, ...more].map((act) => [act.does, act]));
