import { app } from '@azure/functions';
import { running } from '../lib/app.ts';

app.timer('publish', { schedule: '0 */5 * * * *', handler: (_timer, context) => running(context).sweep('publish') });

app.eventGrid('publishDue', { handler: (event, context) => running(context).phaseDue('publish', event) });
