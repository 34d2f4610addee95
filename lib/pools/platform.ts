import { isWindows4, type Os } from './keyVaultExtension.ts';

export interface Image {
  readonly publisher?: string | undefined;
  readonly offer?: string | undefined;
  readonly sku?: string | undefined;
}

/** An operating system, as far as an image or a node agent shows it. `linux` is any other distribution. */
export interface Platform {
  readonly family: 'ubuntu' | 'azurelinux' | 'windows' | 'linux';
  /** As in 22.04 or 2022. */
  readonly version?: number | undefined;
}

/** Returns nothing for a custom image, which does not show its operating system. */
export function platformOfImage({ publisher = '', offer = '', sku = '' }: Image): Platform | undefined {
  const name = `${offer} ${sku}`.toLowerCase();
  if (/ubuntu/.test(name)) return platform('ubuntu', ubuntuVersion(sku) ?? ubuntuVersion(offer));
  if (/windows|dsvm-win/.test(name)) return platform('windows', serverVersion(name));
  if (/azure-?linux|cbl-?mariner/.test(`${publisher} ${name}`.toLowerCase())) return platform('azurelinux');
  return offer === '' ? undefined : platform('linux');
}

/** Reads a node agent such as `batch.node.ubuntu 22.04` or `batch.node.windows amd64`. */
export function platformOfAgent(agent: string): Platform | undefined {
  const [, name, version] = /^batch\.node\.([a-z]+)(?: (\d+(?:\.\d+)?))?/i.exec(agent.trim()) ?? [];
  switch (name?.toLowerCase()) {
    case undefined:
      return undefined;
    case 'windows':
      return platform('windows');
    case 'ubuntu':
      return platform('ubuntu', version === undefined ? undefined : Number(version));
    case 'mariner':
    case 'azurelinux':
      return platform('azurelinux');
    default:
      return platform('linux');
  }
}

export function osOf({ family }: Platform): Os {
  return family === 'windows' ? 'windows' : 'linux';
}

/** A node agent serves one distribution, and one release of Ubuntu. */
export function belongsTo(agent: Platform, image: Platform): boolean {
  if (agent.family !== image.family) return false;
  return agent.version === undefined || image.version === undefined || agent.version === image.version;
}

/**
 * The extension runs on Ubuntu 22.04 and newer, on Azure Linux, and on Windows Server; version 4.0 needs Windows Server
 * 2022 or newer (azure-facts: Key Vault extension).
 */
export function fitness({ family, version }: Platform, major: number): 'fit' | 'too-old' | 'unsupported' {
  if (family === 'linux') return 'unsupported';
  const least = { ubuntu: 22.04, azurelinux: 0, windows: isWindows4('windows', major) ? 2022 : 0 }[family];
  return (version ?? least) < least ? 'too-old' : 'fit';
}

function platform(family: Platform['family'], version?: number): Platform {
  return { family, version };
}

/** Canonical writes 20.04-lts and 22_04-lts-gen2, others 20-04-lts and 2404. */
function ubuntuVersion(text: string): number | undefined {
  const [, year, month] = /(?:^|\D)(\d\d)[._-]?(04|10)(?:\D|$)/.exec(text) ?? [];
  return year === undefined ? undefined : Number(`${year}.${month ?? ''}`);
}

function serverVersion(text: string): number | undefined {
  const [year] = /20[12]\d/.exec(text) ?? [];
  return year === undefined ? undefined : Number(year);
}
