import type { Call } from '../../../infra/azure-emulator/src/index.ts';
import type { Wire } from '../sdk/wire.ts';
import { rules, type Acted, type Rule } from './rules.ts';
import type { Stage } from './stage.ts';

export interface Observer {
  /** Sentences of promises that were broken. */
  readonly violations: readonly string[];
  /** How many versions the app asked for. */
  readonly made: number;
  /** Somebody else did something. */
  other(): void;
}

/** A read is good for so long: what another did in that time, the app cannot know (R6). */
const readIsGoodForMs = 60_000;

/** Judges each act of the app by what stands in Azure at that moment. */
export function observe(seen: Stage & { readonly wire: Pick<Wire, 'arriving'> }): Observer {
  const { azure, wire } = seen;
  const violations: string[] = [];
  let otherMs = -Infinity;
  let made = 0;

  function judge(call: Call, rule: Rule): void {
    const { arriving } = wire;
    const now = azure.clock.now();
    if (arriving?.is === 'duplicate') {
      otherMs = now.getTime();
      return;
    }
    if (makes.has(call.operation)) made += 1;
    const sentAt = arriving?.sentAt ?? now;
    if (otherMs >= sentAt.getTime() - readIsGoodForMs) return;
    const broken = rule({ ...seen, now, sentAt, ...named(call) });
    violations.push(...broken.map((what) => `${what} [${now.toISOString().slice(5, 19)}]`));
  }
  azure.core.journal.on((call) => {
    try {
      const rule = isTaken(call) ? rules[call.operation] : undefined;
      if (rule) judge(call, rule);
    } catch (error) {
      violations.push(`the observer failed: ${String(error)}`);
    }
  });
  return {
    violations,
    get made() {
      return made;
    },
    other: () => {
      otherMs = azure.clock.now().getTime();
    },
  };
}

const makes: ReadonlySet<string> = new Set(['rotateKey', 'createCertificate']);

function isTaken({ prevented, status = 0 }: Call): boolean {
  return !prevented && status >= 200 && status < 300;
}

/** The vault's object and its version, and what was sent. */
function named({ path, request }: Call): Pick<Acted, 'name' | 'version' | 'account' | 'body'> {
  const [, , name = '', version = ''] = path.split('/');
  return { name, version, account: /batchAccounts\/([^/]+)$/.exec(path)?.[1], body: request.body };
}
