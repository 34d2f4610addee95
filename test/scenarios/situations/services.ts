import { status, struck, type Situation } from './situation.ts';

export const services: Situation[] = [
  { sentence: 'a 404', arrange: struck('batch.get', status(404, 'ResourceGroupNotFound')), reason: 'resource-missing' },
  { sentence: 'a 403', arrange: struck('batch.get', status(403, 'AuthorizationFailed')), reason: 'forbidden' },
  { sentence: 'a 409', arrange: struck('batch.listKeys', status(409, 'Conflict')), reason: 'service-working' },
  { sentence: 'a 429', arrange: struck('batch.listKeys', status(429, 'TooManyRequests')), reason: 'throttled' },
  { sentence: 'a 500', arrange: struck('batch.listKeys', status(500, 'InternalServerError')), reason: 'outage' },
  { sentence: 'a 503', arrange: struck('batch.get', status(503, 'ServerBusy')), reason: 'outage' },
  {
    sentence: 'a 400',
    arrange: struck('batch.listKeys', status(400, 'BadThing')),
    reason: 'refused',
    code: 'BadThing',
  },
  { sentence: 'a time-out', arrange: struck('batch.listKeys', { kind: 'delay', ms: 60_000 }), reason: 'outage' },
  { sentence: 'a reset', arrange: struck('batch.listKeys', { kind: 'reset' }), reason: 'outage', code: 'ECONNRESET' },
  { sentence: 'a lost answer', arrange: struck('batch.get', { kind: 'lost-response' }), reason: 'outage' },
  {
    sentence: 'a regenerate that is throttled',
    arrange: struck('batch.regenerateKey', status(429, 'TooManyRequests')),
    reason: 'throttled',
    code: 'TooManyRequests',
  },
  {
    sentence: 'a regenerate that is refused',
    arrange: struck('batch.regenerateKey', status(400, 'KeyBusy')),
    reason: 'refused',
    code: 'KeyBusy',
  },
];

export const vaults: Situation[] = [
  {
    sentence: 'a vault behind its firewall',
    arrange: async (app) => {
      app.newSecret(await app.newBatch());
      app.vault.rules.firewall = true;
    },
    reason: 'firewall',
    code: 'ForbiddenByFirewall',
  },
  {
    sentence: 'a vault whose secrets may be listed, not read',
    arrange: async (app) => {
      app.newSecret(await app.newBatch());
      app.vault.rules.denied.set('getSecret', 'ForbiddenByRbac');
    },
    reason: 'forbidden',
  },
  {
    sentence: 'a vault whose secrets may be read, not written',
    arrange: async (app) => {
      app.newSecret(await app.newBatch());
      app.vault.rules.denied.set('updateSecret', 'ForbiddenByRbac');
    },
    reason: 'forbidden',
  },
  {
    sentence: 'a vault that throttles',
    arrange: async (app) => {
      app.newSecret(await app.newBatch());
      app.vault.rules.throttledForSeconds = 7;
    },
    reason: 'throttled',
  },
];
