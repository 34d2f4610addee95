import { app } from '@azure/functions';
import { rotationIn, route } from '../lib/app.ts';

/** One function, so that the key of a function that opens `POST` opens the `Location` of its answer as well. */
app.http('rotations', {
  route: 'rotations/{id?}',
  ...route('function', (request) => {
    const id = rotationIn(request);
    return id === undefined ? { POST: (keyturn) => keyturn.start(request) } : { GET: (keyturn) => keyturn.show(id) };
  }),
});
