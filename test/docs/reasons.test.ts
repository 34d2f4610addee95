import { adviceFor, isReason } from '../../lib/model/reason.ts';
import { reasonClasses } from '../../lib/model/reasonClass.ts';
import { ofCertificates } from '../../lib/model/reasons/certificates.ts';
import { ofEvents } from '../../lib/model/reasons/events.ts';
import { failures } from '../../lib/model/reasons/failures.ts';
import { ofKeys } from '../../lib/model/reasons/keys.ts';
import { ordinary } from '../../lib/model/reasons/ordinary.ts';
import { forPeople } from '../../lib/model/reasons/people.ts';
import { ofPools } from '../../lib/model/reasons/pools.ts';
import { document, tableUnder, tablesIn } from './markdown.ts';

const text = document('docs/reasons.md');
const groups = {
  'At rest and in a rotation': ordinary,
  Failures: failures,
  'A person is needed': forPeople,
  'Events that need no action': ofEvents,
  'Customer-managed keys': ofKeys,
  'Certificates of pools': ofCertificates,
  'What an audit of a pool finds': ofPools,
};

test.each(Object.entries(groups))('the table "%s" equals the dictionary', (heading, reasons) => {
  const rows = Object.entries(reasons).map(([word, entry]) => [`\`${word}\``, entry.class, entry.advice]);
  expect(tableUnder(text, heading)).toEqual(rows);
});

test('the table "Classes" equals the dictionary', () => {
  expect(tableUnder(text, 'Classes')).toEqual(Object.entries(reasonClasses));
});

test('the tables have every reason, and nothing else', () => {
  const [, ...tables] = tablesIn(text);
  const words = tables.flatMap((rows) => rows.map(([word = '']) => word.replaceAll('`', '')));
  expect(words.filter((word) => !isReason(word))).toEqual([]);
  expect(words.toSorted()).toEqual(
    Object.values(groups)
      .flatMap((group) => Object.keys(group))
      .toSorted(),
  );
  expect(words.filter(isReason).every((word) => adviceFor(word).length > 0)).toBe(true);
});
