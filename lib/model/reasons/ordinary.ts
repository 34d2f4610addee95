import { ofClass } from '../reasonClass.ts';

/** A target at rest, or a rotation that goes on. */
export const ordinary = {
  ...ofClass('info', {
    'not-due': 'Nothing to do.',
    adopted: 'The secret is a target now.',
    begun: 'A rotation began.',
    'going-on': 'The rotation goes on.',
    published: 'A new secret version holds the new credential.',
    repairing: 'The live key was replaced by someone else: a working one is published.',
    hurried: 'The deadline of a notice leaves less time than the overlap: the overlap is shortened.',
    'endpoint-custom': 'The connection string names a host of its own, such as a custom domain: it is kept as it is.',
    'overlap-shortened': 'Consumers get less than the overlap because of the deadline of a notice: refresh them.',
    unproved: 'Published without proof: the option proof=best-effort allows it, or the live key was dead.',
    withdrawn: 'The request for the rotation was taken back before anything was published: the rotation ends.',
    completed: 'The rotation is complete.',
    'consumers-left-behind':
      'The rotation is complete although consumers were not seen on the new version: refresh or untag them.',
    'over-budget':
      'The work takes longer than its caller waits: it goes on under its lease, and an event comes again or a timer completes it.',
  }),
  ...ofClass('scheduled', {
    'outside-window': 'Starts when the window of RotationWindow or KEYTURN_WINDOW opens.',
    'adoption-grace': 'Rotates after KEYTURN_ADOPTION_GRACE; POST /api/rotations starts it now.',
    'newly-named':
      'The owner of the resource has named the secret or its account: rotates after KEYTURN_ADOPTION_GRACE.',
    'too-many-emergencies':
      'Three emergencies of this target began within one overlap: the next one can begin after it.',
    'start-cap': 'More targets are due than one sweep starts (KEYTURN_START_CAP); the next sweep goes on.',
    'sweep-over': 'The sweep ran out of time; the next one goes on.',
    overlap: 'Consumers get this long to take up the new version before the old credential ends.',
    'request-in-flight': 'An earlier request may still take effect; until then nothing is regenerated.',
    'claim-gone':
      'The claim of another secret is gone: that one can take it back for 15 minutes, then this one is adopted.',
    'storage-new':
      'The storage of leases was made minutes ago and knows no earlier requests: nothing is regenerated for five minutes.',
    'tag-corrected': 'The tag CredentialId contradicted the value; the credential it named is kept for one overlap.',
    restored: 'The secret was missing and is back: consumers get one more overlap.',
    recovered: 'The state tags were lost; credentials that are not live end after one overlap.',
  }),
  ...ofClass('brief', {
    'service-working': 'The service works on the request.',
    'key-not-yet-accepted': 'The new key is seconds old and not accepted yet.',
    'drift-confirming': 'The live key seems replaced; a second inspection decides.',
    'stale-read': 'The resource answered with a key that is known to be replaced; it is asked again.',
    'consumers-moving': 'Consumers were refreshed and are inspected until they show the new version.',
  }),
  ...ofClass('person', {
    paused: 'Remove the tag RotationPaused to go on.',
    frozen: 'The phase is listed in KEYTURN_FROZEN_PHASES.',
    overdue: 'It should have been rotated two days ago: see the log and the tag RotationPhase of the secret.',
    'past-expiry': 'The version in use is past its expiry: see the log and the tag RotationPhase of the secret.',
  }),
};
