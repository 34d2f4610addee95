import type { Reason } from '../../../../lib/model/reason.ts';
import type { TestApp } from '../../../support/createTestApp.ts';

/** What has to happen on the local Azure, so that somebody hears the word. */
export type Play = [sentence: string, reason: Reason, play: () => Promise<TestApp>];
