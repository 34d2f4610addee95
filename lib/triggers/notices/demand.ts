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
 * New keys are a demand only where a clause says so: as an imperative, as an obligation, or as a regeneration that is
 * required. That keys can be regenerated, or what happens when they are, is none. A retirement never demands keys. A
 * leak, and an advisory whose matter is not known, are for a person to read: a rotation too many costs little, but a
 * wrong deadline cuts everybody's keys.
 */
export function demandOf({ types, title, text }: Advisory): Demand {
  if (types.some((type) => otherType.test(type))) return 'other';
  const heading = plain(title);
  const body = sentencesOf(text);
  const demands = [heading, ...body].some(demandsKeys);
  if (retirement.test(heading)) return demandsKeys(heading) ? 'unclear' : 'other';
  if (demands) return 'regenerate';
  const affirmed = [heading, ...body].filter((sentence) => !denial.test(sentence));
  if (affirmed.some((sentence) => credential.test(sentence) && leak.test(sentence))) return 'unclear';
  const isOtherByTitle = otherMatter.test(heading) && !credential.test(heading);
  if (!isOtherByTitle && affirmed.some((sentence) => credential.test(sentence))) return 'unclear';
  return [heading, ...body].some((sentence) => otherMatter.test(sentence)) ? 'other' : 'unclear';
}

/** Types of Service Health and of alerts that ask for no action, and retirements. */
const otherType =
  /^(retire\w*|informational|(planned)?maintenance|incident|serviceissue|billing|rca|pir|emergingissues?)$/i;
const retirement = /\b(retir|deprecat|sunset|end[- ]of[- ](life|support|sale)|discontinu)/i;

/** Words that may stand between a verb and the keys that it is about. */
const owner =
  '(?:the|your|all|both|each|every|any|of|its|their|these|those|this|that|old|older|new|existing|current|affected|impacted|listed|compromised|exposed|leaked|azure|signalr|services?|resources?|instances?|primary|secondary|and|or|access|account|shared|respective)';
const keys = `(?:${owner}(?:'s?)? +){0,8}(?:keys?|connection strings?)\\b`;
const adverb = '(?:(?:also|then|now|first|therefore|please|\\w+ly) +)?';
const renew = `(?:re-?generate|rotate|renew|re-?issue|re-?create|replace|reset|roll(?: over)?|cycle|change|(?:generate|create|issue)(?= +new\\b))`;
const renewed = `(?:re-?generated|rotated|renewed|re-?issued|re-?created|replaced|reset|rolled(?: over)?|cycled|changed)`;
const renewal = '(?:re-?generation|rotation|renewal|roll-?over|replacement)';
const needed = '(?:required|mandatory|necessary|needed|enforced)';
const must =
  '(?:must|shall|should|will|needs? to|ha(?:ve|s) to|(?:are|is) required to|required to|asked to|advised to|recommended to|(?:recommend|advise|ask|require)(?: that)? you(?: to)?)';

/** What a clause says that demands new keys. */
const demand = [
  new RegExp(
    `(?:^|(?<=[,:] *)|\\b(?:please|then|and|also|now|next|first|immediately) +)${adverb}${renew} +${keys}`,
    'gi',
  ),
  new RegExp(`\\b${must} +${adverb}${renew} +${keys}`, 'gi'),
  new RegExp(
    `(?:^|(?<=[,:] *)|\\b(?:and|that|so) +)${keys}[^,:]{0,80}? ${must} +${adverb}be +${adverb}${renewed}\\b`,
    'gi',
  ),
  new RegExp(`\\b${needed}:? +${keys} +${renewal}\\b`, 'gi'),
  new RegExp(`\\b${keys} +${renewal} +(?:is|are|will be) +(?:\\w+ly +)?${needed}\\b`, 'gi'),
  new RegExp(`\\b${renewal} +of +${keys} +(?:is|are|will be) +(?:\\w+ly +)?${needed}\\b`, 'gi'),
  new RegExp(
    `\\b(?:requires?|enforces?|mandates?) +(?:an? |the )?(?:${renewal} +of +${keys}|${keys} +${renewal})\\b`,
    'gi',
  ),
];

/** What denies a demand, or speaks of a possibility, where it stands before the demand in the same clause. */
const denial = /\b(no|not|never|nor|neither|without|unaffected|cannot|needn't|\w+n't)\b/i;
const notAsked = new RegExp(
  `${denial.source}|\\b(can|could|may|might|able|allows?|lets?|if|when|whenever|whether|unless)\\b`,
  'i',
);
/** What denies it within: keys that do not need to be rotated. */
const deniedObligation =
  /\b(?:not|never|no longer|\w+n't) +(?:must|shall|should|will|needs?|ha(?:ve|s)|required)\b|\bnot be\b/i;
const novelty = /\b(features?|preview|automatic(?:ally)?|now available|introduc\w*)\b/i;

/** Keys of another kind, by name; and what makes keys that are just called so theirs. */
const foreignKeys =
  /\b(?:key vault|customer[- ]managed|encryption|host|ssh|api|public|private|partition|signing|certificate|instrumentation|storage(?: account)?|function|data protection)(?: access)? keys?\b|\bkey vault\b/gi;
const foreignMatter = /\b(certificat\w*|tls|ssl|encrypt\w*|vaults?|ssh|storage)\b/i;
const ownKeys = /\b(access|primary|secondary|signalr) keys?\b|\bconnection strings?\b/i;

function demandsKeys(sentence: string): boolean {
  const ours = sentence.replace(foreignKeys, ' ');
  if (novelty.test(ours) || (foreignMatter.test(ours) && !ownKeys.test(ours))) return false;
  return demand.some((pattern) => [...ours.matchAll(pattern)].some((found) => isAffirmed(ours, found)));
}

function isAffirmed(sentence: string, found: RegExpExecArray): boolean {
  const clause = sentence.slice(0, found.index).split(/[,:]/).at(-1) ?? '';
  return !notAsked.test(clause) && !deniedObligation.test(found[0]);
}

const credential = /\b(keys?|connection strings?|credentials?|secrets?)\b/i;
const leak = /\b(compromis\w*|leak\w*|expos\w*|disclos\w*|stolen|public)\b/i;
const otherMatter =
  /\b(tls|ssl|cipher|certificates?|certificate authority|ip address\w*|firewall|private (link|endpoint)|dns|network\w*|sdk|client librar\w*|librar\w*|packages?|nuget|npm|runtime|protocol|api[- ]versions?|versions?|preview|pricing|billing|sku|tiers?|quota|limits?|portal|cli|templates?|diagnostic\w*|logs?|metrics?|maintenance|regions?|zones?|availability|migrat\w*|features?|latency|connectivity|outage|degrad\w*)\b/i;

const sentenceEnds = /(?<=[.!?;\n\u2022])(?=\s|<|$)|<\/?(?:p|br|li|ul|ol|div|h\d|tr|td)\b[^<>]*>/i;

/** An advisory may answer questions. They demand nothing. */
function sentencesOf(text: string): readonly string[] {
  const sentences = text.split(sentenceEnds).map(plain);
  return sentences.filter((sentence) => sentence !== '' && !sentence.endsWith('?'));
}

function plain(sentence: string): string {
  const withoutTags = sentence
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&(nbsp|#160);/gi, ' ')
    .replace(/&(amp|#38);/gi, '&')
    .replace(/&(apos|rsquo|#0?39|#8217);/gi, "'");
  return withoutTags
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/\s+/g, ' ')
    .trim();
}
