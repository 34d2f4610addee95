import { app } from '@azure/functions';
import { run } from '../lib/app.ts';

app.timer('generate', {
  schedule: '0 */15 * * * *',
  handler: (_timer, context) => run(context, (keyturn) => keyturn.sweep('generate')),
});

app.eventGrid('generateDue', {
  handler: (event, context) => run(context, (keyturn) => keyturn.phaseDue('generate', event)),
});
