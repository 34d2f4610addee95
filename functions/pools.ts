import { app } from '@azure/functions';
import { route } from '../lib/app.ts';

app.http('poolDefinition', {
  route: 'pools/definition',
  ...route('function', () => ({ POST: (keyturn, request) => keyturn.definePool(request) })),
});
