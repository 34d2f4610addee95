export { identityHost, identityPath, identityService } from './routes.ts';
export type { ManagedIdentity } from './routes.ts';
