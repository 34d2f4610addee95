import { hold, type Outcome, type Step } from './phase.ts';

/**
 * Lets the resource adopt the credential first, where the kind needs that. Then it renders the text for the secret: the
 * old text with the new credential in it (R13, value contains credential). Writing the secret is the commit.
 */
export const publish: Step = ({ provider }, { inspection, secret }, input) => {
  const { next } = inspection;
  if (!next) return hold('live-would-die');
  const rendered = (): Outcome => ({ is: 'publish', value: provider.render(next, secret.value) });
  if (!provider.adopt) return rendered();
  return {
    is: 'request',
    isDone: () => false, // the resource itself tells, when the step runs again
    send: async (own) => (await provider.adopt?.(input, next, own)) ?? rendered(),
  };
};
