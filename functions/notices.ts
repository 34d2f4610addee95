import { app } from '@azure/functions';
import { asNoticeSender, noticesAuthLevel, route, run } from '../lib/app.ts';

app.timer('noticePoll', {
  schedule: '0 8-59/15 * * * *',
  handler: (_timer, context) => run(context, (keyturn) => keyturn.pollNotices()),
});

app.eventGrid('noticeEvents', { handler: (event, context) => run(context, (keyturn) => keyturn.notice(event)) });

app.http('notices', {
  route: 'notices',
  ...route(noticesAuthLevel(), () => ({
    POST: (keyturn, request) => asNoticeSender(request, (operator) => keyturn.notices(request, operator)),
  })),
});
