import type { Bicep } from './parser.ts';
import { named } from './values.ts';

/** How each script of the second stage names a variable. */
const variable = { 'events/subscribe.sh': /\$\{?([A-Z][A-Z_]+)/g, 'events/subscribe.ps1': /\benv:(\w+)/g } as const;
export type Script = keyof typeof variable;

export function variablesOf(script: Script, text: string): readonly string[] {
  return [...new Set([...text.matchAll(variable[script])].map(([, name = '']) => name))];
}

/** Variables of azd besides the outputs of main.bicep, and those for other subscriptions. */
const fromElsewhere = /^(AZURE_(ENV_NAME|LOCATION|SUBSCRIPTION_ID)|OTHER_\w+)$/;

/** Of what the hook reads in each shell: a variable that no one sets would be empty, and say nothing. */
export function hookProblems(read: Readonly<Record<Script, readonly string[]>>, main: Bicep): readonly string[] {
  const outputs = main.root.descendantsOfType('output_declaration').map((node) => named(node)[0]?.text);
  const all = new Set(Object.values(read).flat());
  return Object.entries(read).flatMap(([script, names]) => [
    ...names
      .filter((name) => !outputs.includes(name) && !fromElsewhere.test(name))
      .map((name) => `${script}: nothing sets ${name}`),
    ...[...all].filter((name) => !names.includes(name)).map((name) => `${script} does not read ${name}`),
  ]);
}
