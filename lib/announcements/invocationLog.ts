import type { InvocationContext } from '@azure/functions';
import type { WriteLine } from './log.ts';

/** The log of one invocation, which outlives it. */
export interface InvocationLog {
  readonly write: WriteLine;
  /** Call it before the invocation's answer. */
  end(): void;
}

/**
 * Writes to the log of an invocation while it runs, and to the console afterwards.
 *
 * A delivery is answered at the end of its budget, and its work goes on. The host finds the invocation of a line by its
 * id, forgets it with the answer, and drops every later line without a word. What goes to the console arrives in any
 * case: as the same text, at level Information, in the category `Host.Function.Console` (azure-facts: Functions host).
 * A detail that is of level Debug is not worth that level, and ends with its invocation.
 */
export function invocationLog(
  context: Pick<InvocationContext, 'debug' | 'info' | 'warn' | 'error'>,
  print: (text: string) => void,
): InvocationLog {
  let isOver = false;
  return {
    write(text, level) {
      if (!isOver) writers[level](context, text);
      else if (level !== 'debug') print(text);
    },
    end() {
      isOver = true;
    },
  };
}

type Writer = (context: Pick<InvocationContext, 'debug' | 'info' | 'warn' | 'error'>, text: string) => void;

const writers = {
  debug: (context, text) => {
    context.debug(text);
  },
  information: (context, text) => {
    context.info(text);
  },
  warning: (context, text) => {
    context.warn(text);
  },
  error: (context, text) => {
    context.error(text);
  },
} satisfies Record<Parameters<WriteLine>[1], Writer>;
