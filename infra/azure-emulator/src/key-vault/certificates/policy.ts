import { z } from 'zod';
import { certificateLibrary } from '../../shared/certificateLibrary.ts';

/** How many days before expiry a month of validity allows, as the reference says. */
const daysOfMonth = 27;

const usage = z.enum([
  ...(['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'keyAgreement'] as const),
  ...(['keyCertSign', 'cRLSign', 'encipherOnly', 'decipherOnly'] as const),
]);
const names = z.array(z.string()).optional();
const trigger = z
  .object({ lifetime_percentage: z.int().min(1).max(99).optional(), days_before_expiry: z.int().min(1).optional() })
  .refine(
    (each) => (each.lifetime_percentage === undefined) !== (each.days_before_expiry === undefined),
    'One trigger.',
  );
const lifetimeAction = z.object({
  trigger,
  action: z.object({ action_type: z.enum(['AutoRenew', 'EmailContacts']) }),
});

const members = z.object({
  key_props: z
    .object({
      exportable: z.boolean().default(true),
      kty: z.enum(['RSA', 'EC']).default('RSA'),
      key_size: z.literal([2048, 3072, 4096]).default(2048),
      crv: z.enum(['P-256', 'P-384', 'P-521']).default('P-256'),
      reuse_key: z.boolean().default(false),
    })
    .prefault({}),
  secret_props: z
    .object({ contentType: z.enum(['application/x-pkcs12', 'application/x-pem-file']).default('application/x-pkcs12') })
    .prefault({}),
  x509_props: z.object({
    subject: z.string().refine(isName, 'The subject is no X.500 name.'),
    sans: z.object({ dns_names: names, emails: names, upns: names, uris: names, ipAddresses: names }).optional(),
    ekus: z.array(z.string()).default(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']),
    key_usage: z.array(usage).default(['digitalSignature', 'keyEncipherment']),
    validity_months: z.int().min(1).default(12),
  }),
  lifetime_actions: z.array(lifetimeAction).max(1).optional(),
  issuer: z
    .object({
      name: z.string().default('Unknown'),
      cty: z.string().optional(),
      cert_transparency: z.boolean().optional(),
    })
    .prefault({}),
  attributes: z.object({ enabled: z.boolean().default(true) }).prefault({}),
});

/** Microsoft's document of a certificate policy with its defaults, as recorded in Azure/azure-sdk-for-js. */
export const policySchema = members
  .transform(({ lifetime_actions: actions, ...rest }) => ({
    ...rest,
    lifetime_actions: actions ?? [usualAction(rest.issuer.name)],
  }))
  .refine(({ lifetime_actions: actions, x509_props: { validity_months: months } }) => {
    const days = actions[0]?.trigger.days_before_expiry;
    return days === undefined || days <= months * daysOfMonth;
  }, 'days_before_expiry must lie within the validity.')
  .refine(
    ({ lifetime_actions: actions, issuer }) =>
      actions[0]?.action.action_type !== 'AutoRenew' || issuer.name !== 'Unknown',
    'An unknown issuer renews nothing.',
  );

export type PolicyDocument = z.input<typeof policySchema>;
export type CertificatePolicy = z.output<typeof policySchema>;

function usualAction(issuer: string): z.output<typeof lifetimeAction> {
  return {
    trigger: { lifetime_percentage: 80 },
    action: { action_type: issuer === 'Unknown' ? 'EmailContacts' : 'AutoRenew' },
  };
}

function isName(subject: string): boolean {
  try {
    return nameOf(subject) !== '';
  } catch {
    return false;
  }
}

/** An X.500 name; the attributes' short names are taken in any case. */
export function nameOf(subject: string): string {
  const { Name } = certificateLibrary();
  return new Name(subject.replace(/(^|[,+]\s*)([a-z]+)(?==)/gi, (attribute) => attribute.toUpperCase())).toString();
}
