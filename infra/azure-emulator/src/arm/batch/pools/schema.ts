import { z } from 'zod';
import { poolIdentityBody } from '../identity.ts';

const text = z.string().min(1);
const names = z.record(z.string(), z.string());
/** What this product makes no use of: taken as it is. */
const asIs = z.unknown().optional();

const vmExtension = z.strictObject({
  name: text,
  publisher: text,
  type: text,
  typeHandlerVersion: z
    .string()
    .regex(/^\d+(\.\d+)*$/)
    .optional(),
  autoUpgradeMinorVersion: z.boolean().optional(),
  enableAutomaticUpgrade: z.boolean().optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
  protectedSettings: z.record(z.string(), z.unknown()).optional(),
  provisionAfterExtensions: z.array(text).optional(),
});

const virtualMachineConfiguration = z.strictObject({
  imageReference: z.strictObject({
    publisher: text.optional(),
    offer: text.optional(),
    sku: text.optional(),
    version: text.optional(),
    id: text.optional(),
  }),
  nodeAgentSkuId: text,
  extensions: z.array(vmExtension).optional(),
  ...{ windowsConfiguration: asIs, dataDisks: asIs, licenseType: asIs, containerConfiguration: asIs },
  ...{ diskEncryptionConfiguration: asIs, nodePlacementConfiguration: asIs, osDisk: asIs },
  ...{ securityProfile: asIs, serviceArtifactReference: asIs },
});

const count = z.int().min(0);
const scaleSettings = z.strictObject({
  fixedScale: z
    .strictObject({
      resizeTimeout: z.iso.duration().optional(),
      targetDedicatedNodes: count.optional(),
      targetLowPriorityNodes: count.optional(),
      nodeDeallocationOption: z.enum(['Requeue', 'Terminate', 'TaskCompletion', 'RetainedData']).optional(),
    })
    .optional(),
  autoScale: z.strictObject({ formula: text, evaluationInterval: z.iso.duration().optional() }).optional(),
});

const properties = z.strictObject({
  vmSize: text,
  deploymentConfiguration: z.strictObject({ virtualMachineConfiguration }),
  displayName: z.string().optional(),
  scaleSettings: scaleSettings.optional(),
  interNodeCommunication: z.enum(['Enabled', 'Disabled']).optional(),
  taskSlotsPerNode: z.int().min(1).max(256).optional(),
  taskSchedulingPolicy: z.strictObject({ nodeFillType: z.enum(['Spread', 'Pack']) }).optional(),
  metadata: z.array(z.strictObject({ name: text, value: z.string() })).optional(),
  startTask: z.looseObject({ commandLine: text.optional() }).optional(),
  targetNodeCommunicationMode: z.enum(['Default', 'Classic', 'Simplified']).optional(),
  resourceTags: names.optional(),
  ...{ networkConfiguration: asIs, userAccounts: asIs, certificates: asIs, applicationPackages: asIs },
  ...{ applicationLicenses: asIs, mountConfiguration: asIs, upgradePolicy: asIs },
});

/** The service sets these; they may come back to it, and are not looked at. */
const own = { id: asIs, name: asIs, type: asIs, etag: asIs };

/**
 * A pool's definition (https://learn.microsoft.com/rest/api/batchmanagement/pool/create). Strict: a property that is
 * unknown, or that only the service may set, is refused.
 */
export const poolBody = z.strictObject({
  ...own,
  tags: names.optional(),
  identity: poolIdentityBody.optional(),
  properties,
});
export const poolPatchBody = poolBody.extend({ properties: properties.partial().optional() });

export type PoolProperties = z.infer<typeof properties>;
export type PoolDefinition = z.infer<typeof poolBody>;
export type PoolPatch = z.infer<typeof poolPatchBody>;
export type VmExtension = z.infer<typeof vmExtension>;
