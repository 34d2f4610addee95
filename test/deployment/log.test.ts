import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { loadApp } from '../../infra/functions-host/src/index.ts';
import { announcement, type AnnouncementType } from '../../lib/announcements/announcement.ts';
import { reporter } from '../../lib/announcements/log.ts';
import { adviceFor, isReason, type Reason } from '../../lib/model/reason.ts';
import { emptyState } from '../../lib/model/state.ts';
import { settings, target } from '../unit/decide/situation.ts';

const hostJson = z.object({ logging: z.object({ logLevel: z.record(z.string(), z.string()) }) });

async function levelsOfHost(): Promise<Record<string, string>> {
  return hostJson.parse(JSON.parse(await readFile('host.json', 'utf8'))).logging.logLevel;
}

/** The rows of infra/azure/hub/alerts.bicep that read the app's lines: which types, and with which reasons. */
async function alertRows(): Promise<readonly { name: string; types: readonly string[]; reasons: readonly string[] }[]> {
  const bicep = await readFile('infra/azure/hub/alerts.bicep', 'utf8');
  return [...bicep.matchAll(/name: '([\w-]+)'\n\s+severity[\s\S]*?query: '''(.*?)'''/g)].map(
    ([, name = '', query = '']) => ({
      name,
      types: [...query.matchAll(/'(Keyturn[\w.]+)'/g)].map(([, type = '']) => type),
      reasons: [...query.matchAll(/(?<!Keyturn[\w.]*)'([a-z-]+)'/g)].map(([, reason = '']) => reason),
    }),
  );
}

function levelOf(type: string, reason: Reason): string | undefined {
  const levels: string[] = [];
  const clock = { now: () => new Date(0) };
  const { announce, note } = reporter((_text, level) => levels.push(level), { clock, settings });
  if (type === 'Keyturn.Log.Note') note(reason, {});
  else {
    const words = { reason, advice: adviceFor(reason) };
    void announce(announcement(type as AnnouncementType, target, emptyState, 'v1', words));
  }
  return levels[0];
}

test('every line that an alert waits for is above Information', async () => {
  const rows = await alertRows();
  expect(rows.map(({ name }) => name)).toEqual(['held', 'stuck', 'overdue', 'past-expiry', 'throttling', 'blind']);
  for (const { types, reasons } of rows) {
    expect(types).not.toEqual([]);
    const words = (reasons.length > 0 ? reasons : ['locked']).filter(isReason);
    const levels = types.flatMap((type) => words.map((reason) => levelOf(type, reason)));
    expect(levels.filter((level) => level !== 'warning' && level !== 'error')).toEqual([]);
  }
});

test.each([
  ['Keyturn.Rotation.Held', 'locked', 'warning'],
  ['Keyturn.Rotation.Failed', 'outage', 'error'],
  ['Keyturn.Rotation.Stuck', 'outage', 'error'],
  ['Keyturn.Rotation.Unproved', 'unproved', 'warning'],
  ['Keyturn.Target.Lost', 'secret-deleted', 'warning'],
  ['Keyturn.Rotation.Started', 'begun', 'information'],
  ['Keyturn.Log.Note', 'overdue', 'warning'],
  ['Keyturn.Log.Note', 'busy', 'information'],
  ['Keyturn.Log.Note', 'superseded', 'information'],
] as const)('%s (%s) is of level %s', (type, reason, level) => {
  expect(levelOf(type, reason)).toBe(level);
});

test('host.json keeps what the alerts read, whatever its default level becomes', async () => {
  const levels = await levelsOfHost();
  for (const category of ['Function', 'Host.Function.Console', 'Host.Results']) {
    expect(levels).toHaveProperty([category], 'Information');
  }
});

test('of an event that is to come again, the host logs no second stack, and the lines of the function stay', async () => {
  const { functions } = await loadApp(process.cwd(), {});
  const levels = await levelsOfHost();
  const events = functions.filter(({ metadata }) =>
    Object.values(metadata.bindings).some(({ type }) => type === 'eventGridTrigger'),
  );
  const quiet = Object.keys(levels).filter((category) => levels[category] === 'Critical');
  expect(quiet.toSorted()).toEqual(events.map(({ metadata: { name } }) => `Function.${name}`).toSorted());
  for (const category of quiet) expect(levels).toHaveProperty([`${category}.User`], 'Information');
});
