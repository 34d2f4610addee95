/** The first pattern that fits gives the reason. */
const reasons: readonly [pattern: RegExp, why: string][] = [
  [/^\/identity\b/, 'The extension signs in to the vault as a user-assigned identity of the pool.'],
  [/^\/properties\/certificates\b/, 'Batch certificates ended on 2024-02-29: the extension brings certificates.'],
  [/\/imageReference\b/, 'The newest extension does not run on the image. Build a custom image anew.'],
  [/\/nodeAgentSkuId$/, 'Image and node agent belong together.'],
  [/\/extensions(\/\d+)?$/, 'One Key Vault extension, for all certificates.'],
  [/\/(publisher|type)$/, 'The Key Vault extension of this operating system.'],
  [/\/typeHandlerVersion$/, 'The newest documented version.'],
  [/\/autoUpgradeMinorVersion$/, 'Nodes get the newest minor version.'],
  [
    /\/observedCertificates$/,
    'URLs under /secrets/ without a version renew. Each can name the store of its certificate.',
  ],
  [/\/pollingIntervalInS$/, 'As text, and within the limits of this version.'],
  [
    /\/requireInitialSync$/,
    'Linux: no node starts work without certificates. Windows 4.0: always so, and the setting does not exist.',
  ],
  [/\/certificateStore(Location|Name)$/, 'Stands beside each certificate now.'],
  [/\/msiEndpoint$/, 'Required with msiClientId.'],
  [/\/msiClientId$/, 'The identity that may read the certificates.'],
  [/\/settings\b/, 'This version of the extension does not know it.'],
];

export function whyChanged(pointer: string): string {
  return reasons.find(([pattern]) => pattern.test(pointer))?.[1] ?? 'The extension needs it so.';
}
