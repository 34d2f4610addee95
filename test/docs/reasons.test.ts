import { adviceFor, isReason } from '../../lib/model/reason.ts';
import { ofCertificates } from '../../lib/model/reasons/certificates.ts';
import { ofEvents } from '../../lib/model/reasons/events.ts';
import { ofKeys } from '../../lib/model/reasons/keys.ts';
import { ordinary } from '../../lib/model/reasons/ordinary.ts';
import { passing } from '../../lib/model/reasons/passing.ts';
import { forPeople } from '../../lib/model/reasons/people.ts';
import { ofPools } from '../../lib/model/reasons/pools.ts';
import { document, tableUnder, tablesIn } from './markdown.ts';

const text = document('docs/reasons.md');
const groups = {
  'Nothing to do': ordinary,
  'Time or a grant cures it': passing,
  'A person is needed': forPeople,
  'What an event was worth': ofEvents,
  'Customer-managed keys': ofKeys,
  'Certificates of pools': ofCertificates,
  'What an audit of a pool finds': ofPools,
};

test.each(Object.entries(groups))('the table "%s" says what the dictionary says', (heading, reasons) => {
  expect(tableUnder(text, heading)).toEqual(Object.entries(reasons).map(([word, advice]) => [`\`${word}\``, advice]));
});

test('every word of every table is a reason, and every reason is in one', () => {
  const words = tablesIn(text).flatMap((rows) => rows.map(([word = '']) => word.replaceAll('`', '')));
  expect(words.filter((word) => !isReason(word))).toEqual([]);
  expect(words.toSorted()).toEqual(
    Object.values(groups)
      .flatMap((group) => Object.keys(group))
      .toSorted(),
  );
  expect(words.filter(isReason).every((word) => adviceFor(word).length > 0)).toBe(true);
});
