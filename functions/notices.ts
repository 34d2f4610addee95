import { app } from '@azure/functions';
import { everyMethod, refuseNoticeCaller, notAllowed, noticesAuthLevel, running } from '../lib/app.ts';

app.timer('noticePoll', {
  schedule: '0 8-59/15 * * * *',
  handler: (_timer, context) => running(context).pollNotices(),
});

app.eventGrid('noticeEvents', { handler: (event, context) => running(context).notice(event) });

app.http('notices', {
  route: 'notices',
  methods: everyMethod,
  authLevel: noticesAuthLevel(),
  handler: (request, context) =>
    request.method === 'POST' ? (refuseNoticeCaller(request) ?? running(context).notices(request)) : notAllowed('POST'),
});
