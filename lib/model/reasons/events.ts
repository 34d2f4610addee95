import { ofClass } from '../reasonClass.ts';

/** Why an event needs no action. */
export const ofEvents = ofClass('info', {
  superseded: 'The event is about a version that is not the current one any more.',
  'own-version': 'The event is about a version that Keyturn wrote itself.',
  'not-a-target': 'The event is about something that is no target, by tags or by claim.',
  'wrong-origin':
    'The event is not of a vault that is listed in the settings, or its sender and its subject contradict each other.',
  irrelevant: 'The type or the subject of the event needs no action.',
  'notice-other-matter': 'The notice demands no new keys: it is about a retirement, a library or another matter.',
  unreadable: 'This is neither a CloudEvent 1.0 nor an Event Grid event of the expected type, or it is too large.',
});
