import type { Phase } from '../model/state.ts';
import { generate } from './generate.ts';
import { publish } from './publish.ts';
import { revoke } from './revoke.ts';
import type { Step } from './phase.ts';
import { verify } from './verify.ts';

export const steps: Readonly<Record<Phase, Step>> = { generate, publish, verify, revoke };
