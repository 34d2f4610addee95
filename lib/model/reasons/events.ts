/** What an event was worth. */
export const ofEvents = {
  superseded: 'The event tells of a version that is no longer the current one.',
  'own-version': 'The event tells of a version that Keyturn wrote itself.',
  'not-a-target': 'What the event tells of is no target, by tags or by claim.',
  'wrong-origin': 'The event is not of a vault in KEYTURN_VAULTS, or does not come from where it says.',
  irrelevant: 'The event is of a type or about a thing that asks for nothing here.',
  unreadable: 'This is neither a CloudEvent 1.0 nor an Event Grid event of the type expected, or it is too large.',
  'over-budget': 'The work takes longer than a delivery may: it goes on, and the timers see to its end.',
} as const;
