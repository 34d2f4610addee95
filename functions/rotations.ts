import { app } from '@azure/functions';
import { rotationIn, route } from '../lib/app.ts';

/** One function for both routes, so that a function key which opens `POST` also opens the `Location` of its answer. */
app.http('rotations', {
  route: 'rotations/{id?}',
  ...route('function', (request) => {
    const id = rotationIn(request);
    return id === undefined ? { POST: (keyturn) => keyturn.start(request) } : { GET: (keyturn) => keyturn.show(id) };
  }),
});
