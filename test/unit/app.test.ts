import type { InvocationContext } from '@azure/functions';
import { run, type Keyturn } from '../../lib/app.ts';

const settings = { KEYTURN_VAULTS: 'https://kv.vault.azure.net', AzureWebJobsStorage__accountName: 'storage' };

test('work after the answer of an invocation is in the log like work before it', async () => {
  const before = { ...process.env };
  Object.assign(process.env, settings);
  const lines: string[] = [];
  const printed = jest.spyOn(console, 'log').mockImplementation((text: string) => void lines.push(`late ${text}`));
  const write = (text: string) => void lines.push(`in time ${text}`);
  const context = { debug: write, info: write, warn: write, error: write } as unknown as InvocationContext;
  try {
    let outliving: Keyturn | undefined;
    await run(context, async (keyturn) => {
      outliving = keyturn;
      await keyturn.keyVault('no event');
    });
    await outliving?.keyVault('no event');
  } finally {
    printed.mockRestore();
    process.env = before;
  }
  const [inTime, late, ...others] = lines.map((line) => line.replace(/"time":"[^"]+"/, ''));
  expect(others).toEqual([]);
  expect(inTime).toMatch(/^in time \{"type":"Keyturn.Log.Note".*"unreadable"/);
  expect(late).toBe(inTime?.replace('in time', 'late'));
});
