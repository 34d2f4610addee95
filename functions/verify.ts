import { app } from '@azure/functions';
import { running } from '../lib/app.ts';

app.timer('verify', { schedule: '0 */5 * * * *', handler: (_timer, context) => running(context).sweep('verify') });

app.eventGrid('verifyDue', { handler: (event, context) => running(context).phaseDue('verify', event) });
