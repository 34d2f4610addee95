import { hold, type Step } from './phase.ts';

/**
 * The resource takes the credential first, where it has to; then the text for the secret: what stood there with the new
 * credential in it (R13, value contains credential). Its write is the commit.
 */
export const publish: Step = async ({ provider, recordIntent: sending }, { inspection, secret }, view) => {
  const { next } = inspection;
  if (!next) return hold('live-would-die');
  if (provider.adopt) {
    await sending();
    await provider.adopt(view, next);
  }
  return { is: 'publish', value: provider.render(next, secret.value) };
};
