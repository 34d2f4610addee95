import { app } from '@azure/functions';
import { everyMethod, notAllowed, running } from '../lib/app.ts';

app.http('poolDefinition', {
  route: 'pools/definition',
  methods: everyMethod,
  authLevel: 'function',
  handler: (request, context) =>
    request.method === 'POST' ? running(context).definePool(request) : notAllowed('POST'),
});
