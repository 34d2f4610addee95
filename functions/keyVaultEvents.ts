import { app } from '@azure/functions';
import { run } from '../lib/app.ts';

app.eventGrid('keyVaultEvents', { handler: (event, context) => run(context, (keyturn) => keyturn.keyVault(event)) });
