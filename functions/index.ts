import './generate.ts';
import './publish.ts';
import './verify.ts';
import './revoke.ts';
import './rotations.ts';
