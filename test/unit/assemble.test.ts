import { installationOf } from '../../lib/assemble.ts';

test.each([
  'https://store.blob.core.windows.net/',
  'https://Store.blob.core.windows.net',
  'https://STORE.BLOB.CORE.WINDOWS.NET//',
])('R34: an installation has one id, however its storage account is spelled: %s', (url) => {
  expect(installationOf(url)).toBe(installationOf('https://store.blob.core.windows.net'));
  expect(installationOf(url)).toMatch(/^[0-9a-f]{12}$/);
});

test('R34: another storage account is another installation', () => {
  const [one, other] = ['https://store.blob.core.windows.net', 'https://store2.blob.core.windows.net'].map(
    installationOf,
  );
  expect(one).not.toBe(other);
});
