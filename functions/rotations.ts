import { app } from '@azure/functions';
import { asOperator, rotationIn, route } from '../lib/app.ts';

/** One function for both routes, so that a function key which opens `POST` also opens the `Location` of its answer. */
app.http('rotations', {
  route: 'rotations/{id?}',
  ...route('function', (request) => {
    const id = rotationIn(request);
    if (id !== undefined) return { GET: (keyturn) => keyturn.show(id) };
    return { POST: (keyturn) => asOperator(request, (caller) => keyturn.start(request, caller)) };
  }),
});
