import { app } from '@azure/functions';
import { run } from '../lib/app.ts';

app.eventGrid('resourceEvents', { handler: (event, context) => run(context, (keyturn) => keyturn.resource(event)) });
