import { app } from '@azure/functions';
import { running } from '../lib/app.ts';

app.eventGrid('resourceEvents', { handler: (event, context) => running(context).resource(event) });
