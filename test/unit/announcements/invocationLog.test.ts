import { invocationLog } from '../../../lib/announcements/invocationLog.ts';

function openLog() {
  const lines: string[] = [];
  const writer = (name: string) => (text: unknown) => void lines.push(`${name} ${String(text)}`);
  const context = { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') };
  const log = invocationLog(context, (text) => lines.push(`console ${text}`));
  const writeAll = () => {
    for (const level of ['debug', 'information', 'warning', 'error'] as const) log.write(level, level);
  };
  return { log, lines, writeAll };
}

test('while the invocation runs, a line goes to its log with its level', () => {
  const { lines, writeAll } = openLog();
  writeAll();
  expect(lines).toEqual(['debug debug', 'info information', 'warn warning', 'error error']);
});

test('after its end the same text goes to the console, unless it is a detail', () => {
  const { log, lines, writeAll } = openLog();
  log.end();
  writeAll();
  expect(lines).toEqual(['console information', 'console warning', 'console error']);
});
