import { app } from '@azure/functions';
import { run } from '../lib/app.ts';

app.timer('revoke', {
  schedule: '0 */5 * * * *',
  handler: (_timer, context) => run(context, (keyturn) => keyturn.sweep('revoke')),
});

app.eventGrid('revokeDue', {
  handler: (event, context) => run(context, (keyturn) => keyturn.phaseDue('revoke', event)),
});
