import { app } from '@azure/functions';
import { notAllowed, running } from '../lib/app.ts';

const others = ['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

app.http('rotations', {
  route: 'rotations',
  methods: ['POST', ...others],
  authLevel: 'function',
  handler: (request, context) => (request.method === 'POST' ? running(context).start(request) : notAllowed('POST')),
});

app.http('rotation', {
  route: 'rotations/{id}',
  methods: ['POST', ...others],
  authLevel: 'function',
  handler: (request, context) =>
    request.method === 'GET' ? running(context).show(request.params['id'] ?? '') : notAllowed('GET'),
});
