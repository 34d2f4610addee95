import { app } from '@azure/functions';
import { everyMethod, notAllowed, running } from '../lib/app.ts';

app.http('rotations', {
  route: 'rotations',
  methods: everyMethod,
  authLevel: 'function',
  handler: (request, context) => (request.method === 'POST' ? running(context).start(request) : notAllowed('POST')),
});

app.http('rotation', {
  route: 'rotations/{id}',
  methods: everyMethod,
  authLevel: 'function',
  handler: (request, context) =>
    request.method === 'GET' ? running(context).show(request.params['id'] ?? '') : notAllowed('GET'),
});
