import { app } from '@azure/functions';
import { asOperator, route } from '../lib/app.ts';

app.http('poolDefinition', {
  route: 'pools/definition',
  ...route('function', () => ({ POST: (keyturn, request) => asOperator(request, () => keyturn.definePool(request)) })),
});
