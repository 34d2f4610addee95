import { app } from '@azure/functions';
import './generate.ts';
import './publish.ts';
import './verify.ts';
import './revoke.ts';
import './keyVaultEvents.ts';
import './resourceEvents.ts';
import './notices.ts';
import './rotations.ts';
import './pools.ts';

/** Without streams the host loses a body whose length is not announced (azure-facts: Functions host). */
app.setup({ enableHttpStream: true });
