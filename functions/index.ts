import './generate.ts';
import './publish.ts';
import './verify.ts';
import './revoke.ts';
import './keyVaultEvents.ts';
import './resourceEvents.ts';
import './notices.ts';
import './rotations.ts';
