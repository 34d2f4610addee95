import { eventSubjects, fuzz, requestSubjects } from '../fuzz/check.ts';

/** `npm run fuzz` runs thousands of each. */
const seed = 7;

test.each(requestSubjects)(
  '$name answers every request with what is documented, and changes nothing',
  async (subject) => {
    expect((await fuzz(subject, { seed, runs: 120 })).broken).toBeUndefined();
  },
);

test.each(eventSubjects)(
  'an event with a wrong member costs a few calls and changes nothing: $name',
  async (subject) => {
    const { broken, calls, inputs } = await fuzz(subject, { seed, runs: 60 });
    expect(broken).toBeUndefined();
    expect(calls / inputs).toBeLessThan(3);
  },
);
