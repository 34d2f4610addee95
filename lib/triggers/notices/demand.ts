/** The words of an advisory, in whatever form it came. */
export interface Advisory {
  /** Service Health's type or sub-type, or the incident type of an alert. */
  readonly types: readonly string[];
  readonly title: string;
  /** With or without HTML. Empty where details are hidden, as they are of security advisories. */
  readonly text: string;
}

/** `regenerate`: it demands new keys. `unclear`: it may, so a person reads it. `other`: it is about another matter. */
export type Demand = 'regenerate' | 'unclear' | 'other';

/**
 * Tells what an advisory on a service demands. One rule for all ways in which it comes (R39, what a notice demands).
 *
 * New keys are a demand only where a sentence says so: keys and their regeneration, as something to be done, and not
 * denied. A retirement never is one. Any other talk of keys or secrets, and an advisory whose matter is not known, is
 * for a person to read: a rotation too many costs little, but a wrong deadline cuts everybody's keys.
 */
export function demandOf({ types, title, text }: Advisory): Demand {
  if (types.some((type) => /^retire/i.test(type)) || retirement.test(title)) return 'other';
  const sentences = [title, ...text.split(sentenceEnds)].map(plain).filter((sentence) => sentence !== '');
  const affirmed = sentences.filter((sentence) => !denied.test(sentence));
  if (affirmed.some(demandsKeys)) return 'regenerate';
  if (types.some((type) => /^(informational|maintenance|incident)$/i.test(type))) return 'other';
  if (affirmed.some((sentence) => credential.test(sentence))) return 'unclear';
  return sentences.some((sentence) => otherMatter.test(sentence)) ? 'other' : 'unclear';
}

const retirement = /\b(retir|deprecat|sunset|end[- ]of[- ](life|support|sale)|discontinu)/i;
const sentenceEnds = /[.!?;\n\u2022]+(?=\s|<|$)|<\/?(?:p|br|li|ul|ol|div|h\d|tr|td)\b[^>]*>/i;
const denied = /\b(no|not|never|nor|without|unaffected|cannot|can't|won't|don't|doesn't|isn't|aren't|needn't)\b/i;

const ofKeys = /\b(keys?|connection strings?)\b/i;
/** Keys of another kind. */
const foreignKeys =
  /\b(key vault|customer[- ]managed|encryption|host|ssh|api|public|partition) keys?\b|\bkey vault\b/gi;
const renewal = /\b(re-?generat|rotat|renew|re-?new|re-?issu|re-?creat|replac|reset|roll)(e|es|ed|ing|ion|al|ting)?\b/i;
const asked = /\b(must|need|needs|required?|requires|please|should|will|shall|have to|has to|immediately|before|by)\b/i;
const imperative =
  /(^|[,:-]|\b(and|then|also|next|now|please|immediately))\s*(re-?generate|rotate|renew|re-?issue|re-?create|replace|reset|roll)\b/i;

function demandsKeys(sentence: string): boolean {
  const ours = sentence.replace(foreignKeys, ' ');
  return ofKeys.test(ours) && renewal.test(ours) && (imperative.test(ours) || asked.test(ours));
}

const credential = /\b(keys?|connection strings?|credentials?|secrets?|compromis\w*|leak\w*|expos\w*)\b/i;
const otherMatter =
  /\b(tls|ssl|cipher|certificates?|certificate authority|ip address\w*|firewall|private (link|endpoint)|dns|network\w*|sdk|client librar\w*|librar\w*|packages?|nuget|npm|runtime|protocol|api[- ]versions?|versions?|preview|pricing|billing|sku|tiers?|quota|limits?|portal|cli|templates?|diagnostic\w*|logs?|metrics?|maintenance|regions?|zones?|availability|migrat\w*|features?|latency|connectivity|outage|degrad\w*)\b/i;

function plain(sentence: string): string {
  const withoutTags = sentence
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(nbsp|#160);/gi, ' ')
    .replace(/&(amp|#38);/gi, '&');
  return withoutTags
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/\s+/g, ' ')
    .trim();
}
