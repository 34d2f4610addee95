import { app } from '@azure/functions';
import { running } from '../lib/app.ts';

app.timer('revoke', { schedule: '0 */5 * * * *', handler: (_timer, context) => running(context).sweep('revoke') });

app.eventGrid('revokeDue', { handler: (event, context) => running(context).phaseDue('revoke', event) });
