import { globSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { PluginKind } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  MutantRunStatus,
  TestStatus,
  type CompleteDryRunResult,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  type TestRunnerCapabilities,
} from '@stryker-mutator/api/test-runner';
import { expect } from 'expect';
import { bind } from 'jest-each';
import { suites } from './suites.ts';

/*
 * A test runner for Stryker. Jest loads every module anew for each mutant, which takes a second; pure code needs no
 * such isolation. Here a process loads the suites once, and a mutant costs the tests that reach it. Only for a mutant
 * that acts while modules load does Stryker start another process.
 */

type Body = () => unknown;
interface Test {
  readonly id: string;
  readonly fileName: string;
  readonly run: Body;
}

/** What instrumented code reads and counts in. */
interface Instruments {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: CompleteDryRunResult['mutantCoverage'];
}
const instruments: Instruments = ((globalThis as { __stryker__?: Instruments }).__stryker__ ??= {});

class PureRunner implements TestRunner {
  #tests: Promise<readonly Test[]> | undefined;

  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: false };
  }

  async dryRun(): Promise<DryRunResult> {
    const results: TestResult[] = [];
    for (const test of await this.#load()) results.push(await resultOf(test));
    const { mutantCoverage } = instruments;
    return { status: DryRunStatus.Complete, tests: results, ...(mutantCoverage && { mutantCoverage }) };
  }

  async mutantRun({
    activeMutant,
    mutantActivation,
    testFilter,
    hitLimit,
  }: MutantRunOptions): Promise<MutantRunResult> {
    if (mutantActivation === 'static') instruments.activeMutant = activeMutant.id;
    const tests = await this.#load();
    Object.assign(instruments, { activeMutant: activeMutant.id, hitLimit, hitCount: hitLimit && 0 });
    const wanted = testFilter && new Set(testFilter);
    let nrOfTests = 0;
    for (const test of tests.filter(({ id }) => wanted?.has(id) ?? true)) {
      const result = await resultOf(test);
      nrOfTests += 1;
      if ((instruments.hitCount ?? 0) > (hitLimit ?? Infinity)) return { status: MutantRunStatus.Timeout };
      if (result.status === TestStatus.Failed) {
        const { failureMessage } = result;
        return { status: MutantRunStatus.Killed, killedBy: [test.id], failureMessage, nrOfTests };
      }
    }
    return { status: MutantRunStatus.Survived, nrOfTests };
  }

  #load(): Promise<readonly Test[]> {
    return (this.#tests ??= load());
  }
}

async function resultOf({ id, fileName, run }: Test): Promise<TestResult> {
  const start = performance.now();
  instruments.currentTestId = id;
  const common = () => ({ id, name: id, fileName, timeSpentMs: performance.now() - start });
  try {
    await run();
    return { ...common(), status: TestStatus.Success };
  } catch (error) {
    return { ...common(), status: TestStatus.Failed, failureMessage: String(error) };
  } finally {
    instruments.currentTestId = undefined;
  }
}

async function load(): Promise<readonly Test[]> {
  const tests = new Map<string, Test>();
  let names: readonly string[] = [];
  const test = (title: string, run: Body) => {
    const [fileName = ''] = names;
    let id = [...names, title].join(' › ');
    while (tests.has(id)) id += '′';
    tests.set(id, { id, fileName, run });
  };
  const describe = (title: string, run: Body) => {
    names = [...names, title];
    run();
    names = names.slice(0, -1);
  };
  const each = { test: bind(test as never), describe: bind(describe as never, false) };
  Object.assign(globalThis, {
    expect,
    test: Object.assign(test, { each: each.test }),
    describe: Object.assign(describe, { each: each.describe }),
  });
  for (const path of suites.flatMap((pattern) => globSync(pattern)).toSorted()) {
    names = [path];
    try {
      await import(pathToFileURL(join(process.cwd(), path)).href);
    } catch (error) {
      test('loads', () => Promise.reject(new Error(String(error), { cause: error })));
    }
  }
  return [...tests.values()];
}

export const strykerPlugins = [{ kind: PluginKind.TestRunner, name: 'pure', injectableClass: PureRunner }];
