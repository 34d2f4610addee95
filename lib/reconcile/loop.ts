import type { Decision } from '../decide/decision.ts';
import type { Next, Visit } from './visit.ts';

/** Decides and acts, again and again, until the target must wait. The only loop of a visit. */
export async function runUntilBlocked(visit: Visit): Promise<Decision> {
  for (;;) {
    const decision = await visit.decide();
    if ((await act(visit, decision)) === 'stop') return decision;
  }
}

function act(visit: Visit, decision: Decision): Next | Promise<Next> {
  switch (decision.do) {
    case 'setState':
      return visit.setState(decision.state);
    case 'startEmergency':
      return visit.startEmergency(decision.state, decision.start);
    case 'adopt':
      return visit.adopt(decision.state);
    case 'fixTag':
      return visit.fixTag(decision.credentialId, decision.state);
    case 'republish':
      return visit.republish(decision.state);
    case 'run':
      return visit.run(decision.phase);
    case 'wait':
      return visit.wait(decision);
    case 'hold':
      return visit.hold(decision);
    case 'leave':
      return visit.leave(decision);
  }
}
