import { app } from '@azure/functions';
import { notAllowed, running } from '../lib/app.ts';

app.http('poolDefinition', {
  route: 'pools/definition',
  methods: ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'],
  authLevel: 'function',
  handler: (request, context) =>
    request.method === 'POST' ? running(context).definePool(request) : notAllowed('POST'),
});
