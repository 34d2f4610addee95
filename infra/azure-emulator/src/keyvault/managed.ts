import { forbidden } from './refusal.ts';
import type { Kept, Shelf, Version } from './shelf.ts';

/** A shelf as everybody but certificates may use it: what a certificate manages is refused. */
export function unmanaged<V extends Version, T extends Kept<V>>(
  shelf: Shelf<V, T>,
  noun: 'Secret' | 'Key',
): Shelf<V, T> {
  function refuse(object: T, act: string): void {
    if (object.managed) throw managedByCertificate(noun, act);
  }
  return {
    ...shelf,
    open(name, make) {
      const object = shelf.open(name, make);
      refuse(object, 'set');
      return object;
    },
    update(name, changes, version) {
      refuse(shelf.find(name), 'update');
      return shelf.update(name, changes, version);
    },
    delete(name) {
      refuse(shelf.find(name), 'delete');
      return shelf.delete(name);
    },
    recover(name) {
      refuse(shelf.findDeleted(name), 'recover');
      return shelf.recover(name);
    },
    purge(name) {
      refuse(shelf.findDeleted(name), 'purge');
      shelf.purge(name);
    },
  };
}

/** [terraform-provider-azurerm#5659] for secrets; keys by analogy. */
export function managedByCertificate(noun: string, act: string) {
  return forbidden(`Operation ${act} is not allowed: a certificate manages this object.`, `${noun}ManagedByKeyVault`);
}
