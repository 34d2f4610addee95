import { app } from '@azure/functions';
import { run } from '../lib/app.ts';

app.timer('verify', {
  schedule: '0 */5 * * * *',
  handler: (_timer, context) => run(context, (keyturn) => keyturn.sweep('verify')),
});

app.eventGrid('verifyDue', {
  handler: (event, context) => run(context, (keyturn) => keyturn.phaseDue('verify', event)),
});
