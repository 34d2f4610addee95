import { app } from '@azure/functions';
import { run } from '../lib/app.ts';

app.timer('publish', {
  schedule: '0 */5 * * * *',
  handler: (_timer, context) => run(context, (keyturn) => keyturn.sweep('publish')),
});

app.eventGrid('publishDue', {
  handler: (event, context) => run(context, (keyturn) => keyturn.phaseDue('publish', event)),
});
