import { app } from '@azure/functions';
import { running } from '../lib/app.ts';

app.eventGrid('keyVaultEvents', { handler: (event, context) => running(context).keyVault(event) });
