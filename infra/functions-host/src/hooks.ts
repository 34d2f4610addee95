import type { HookName, LogLine } from './core.ts';
import type { Registry } from './coreModule.ts';

/** Runs the app's hooks of one kind in the order in which they were registered; one that throws stops what it is about. */
export async function runHooks(hooks: Registry['hooks'], name: HookName, context: object): Promise<void> {
  for (const hook of hooks.get(name) ?? []) await hook(context);
}

/** `app.hook.log` may change the level and the message of a line; a hook that throws changes nothing. */
export function runLogHooks(hooks: Registry['hooks'], line: LogLine): LogLine {
  const changed = { ...line, hookData: {}, appHookData: {} };
  try {
    for (const hook of hooks.get('log') ?? []) hook(changed);
    return changed;
  } catch {
    return line;
  }
}
