import { held, type Step } from './step.ts';

/** The text for the secret: what stood there with the new credential in it (R13). Its write is the commit. */
export const publish: Step = ({ provider }, { look, secret }) => {
  if (!look.next) return Promise.resolve(held('live-would-die'));
  return Promise.resolve({ is: 'publish', value: provider.render(look.next, secret.value) });
};
