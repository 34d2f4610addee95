import { app } from '@azure/functions';
import { running } from '../lib/app.ts';

app.timer('generate', { schedule: '0 */15 * * * *', handler: (_timer, context) => running(context).sweep('generate') });

app.eventGrid('generateDue', { handler: (event, context) => running(context).phaseDue('generate', event) });
