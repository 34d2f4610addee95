/** First that fits wins. */
const whys: readonly [where: RegExp, why: string][] = [
  [/^\/identity\b/, 'The extension signs in to the vault as a user-assigned identity of the pool.'],
  [/^\/properties\/certificates\b/, 'Batch certificates ended on 2024-02-29: the extension brings certificates.'],
  [/\/imageReference\b/, 'The newest extension does not run on the image; a custom image is to be made anew.'],
  [/\/nodeAgentSkuId$/, 'Image and node agent belong together.'],
  [/\/extensions(\/\d+)?$/, 'One Key Vault extension, for all certificates.'],
  [/\/(publisher|type)$/, 'The Key Vault extension of this operating system.'],
  [/\/typeHandlerVersion$/, 'The newest documented version.'],
  [/\/autoUpgradeMinorVersion$/, 'Nodes get the newest minor version.'],
  [/\/observedCertificates$/, 'URLs under /secrets/ and without a version renew; each can say where it is stored.'],
  [/\/pollingIntervalInS$/, 'Text, and within what this version takes.'],
  [
    /\/requireInitialSync$/,
    'Linux: no node starts work without certificates. Windows 4.0: always so, and not to be said.',
  ],
  [/\/certificateStore(Location|Name)$/, 'Stands beside each certificate now.'],
  [/\/msiEndpoint$/, 'Required with msiClientId.'],
  [/\/msiClientId$/, 'The identity that may read the certificates.'],
  [/\/settings\b/, 'This version of the extension does not know it.'],
];

export function whyChanged(pointer: string): string {
  return whys.find(([where]) => where.test(pointer))?.[1] ?? 'The extension needs it so.';
}
