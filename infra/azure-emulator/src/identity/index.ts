/** Its authority in process; elsewhere plain http on loopback, as App Service has it. */
export const identityHost = 'identity.internal';
/** The path of `IDENTITY_ENDPOINT`. */
export const identityPath = '/msi/token';
