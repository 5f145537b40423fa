/**
 * Lets Stryker run the tests of this project in one process: loaded once, then run for each mutant that they reach.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from '@stryker-mutator/api/core'
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import {
  determineHitLimitReached, DryRunStatus, MutantRunStatus, TestStatus,
  type DryRunResult, type MutantRunOptions, type MutantRunResult, type TestRunner, type TestRunnerCapabilities
} from '@stryker-mutator/api/test-runner'
import { cases, declareFile, type Case } from './node-test.ts'
import { hooksOf, runCases, suitesAround, type Outcome } from './run-cases.ts'
import { testFiles } from './subject.ts'

// Stryker lets a mutant be passed a hundred times as often as in the dry run, which takes minutes where that is a million.
const passes = 0.1

const measured = 'mutation-durations.json'

class RepeatedTests implements TestRunner {
  readonly #stryker: InstrumenterContext
  readonly #kills = new Map<string, number>()
  #milliseconds: Record<string, number> = {}
  #loaded = false

  constructor () {
    this.#stryker = (globalThis as unknown as Record<string, InstrumenterContext>)[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {}
  }

  /** The environment is a process: a mutant that acts while files are loaded has one of its own. */
  capabilities (): TestRunnerCapabilities {
    return { reloadEnvironment: false }
  }

  async #load (): Promise<void> {
    if (this.#loaded) return
    await import('./redirect.ts')
    for (const file of testFiles(process.cwd())) await declareFile(file, async () => await import(`${process.cwd()}/${file}`))
    this.#loaded = true
  }

  async dryRun (): Promise<DryRunResult> {
    await this.#load()
    const all = Array.from(cases.values())
    const outcomes = await runCases(all, { starts: (id) => { this.#stryker.currentTestId = id } })
    delete this.#stryker.currentTestId
    this.#milliseconds = Object.fromEntries(outcomes.map(({ id, milliseconds }) => [id, milliseconds]))
    writeFileSync(measured, JSON.stringify(this.#milliseconds))
    const mutantCoverage = this.#coverage(all)
    // A test that leans on another one before it, or on being run once, would seem to find each mutant.
    const again = await runCases(this.#inOrder(all), {})
    const failures = [...outcomes, ...again].filter(({ failure }) => failure !== undefined)
    if (failures.length > 0) {
      return { status: DryRunStatus.Error, errorMessage: failures.map(({ id, failure }) => `${id}: ${failure}`).join('\n') }
    }
    const tests = outcomes.map(({ id, milliseconds }) => ({ id, name: id, timeSpentMs: milliseconds, status: TestStatus.Success as const }))
    return { status: DryRunStatus.Complete, tests, mutantCoverage }
  }

  /** What the hooks of a suite reach, each of its tests reaches. */
  #coverage (all: readonly Case[]): NonNullable<InstrumenterContext['mutantCoverage']> {
    const { static: whileLoading, perTest } = this.#stryker.mutantCoverage ?? { static: {}, perTest: {} }
    return {
      static: { ...whileLoading },
      perTest: Object.fromEntries(all.map(({ id, suite }) => [id, Object.assign({}, perTest[id], ...suitesAround(suite).map((one) => perTest[hooksOf(one)]))]))
    }
  }

  /** What has found the most comes first, then what is quick. */
  #inOrder (chosen: readonly Case[]): Case[] {
    const worth = ({ id }: Case) => this.#kills.get(id) ?? 0
    const time = ({ id }: Case) => this.#milliseconds[id] ?? 0
    return chosen.toSorted((one, other) => worth(other) - worth(one) || time(one) - time(other))
  }

  async mutantRun ({ activeMutant, mutantActivation, testFilter, hitLimit }: MutantRunOptions): Promise<MutantRunResult> {
    if (mutantActivation === 'static') this.#stryker.activeMutant = activeMutant.id
    await this.#load()
    if (Object.keys(this.#milliseconds).length === 0) this.#milliseconds = JSON.parse(readFileSync(measured, 'utf8'))
    const chosen = this.#inOrder(testFilter?.map((id) => cases.get(id)!) ?? Array.from(cases.values()))
    Object.assign(this.#stryker, { activeMutant: activeMutant.id, hitCount: 0, hitLimit: hitLimit === undefined ? undefined : hitLimit * passes })
    const outcomes = await runCases(chosen, { bail: true, limit: ({ id }) => 2000 + 5 * (this.#milliseconds[id] ?? 2000) })
    const endless = determineHitLimitReached(this.#stryker.hitCount, this.#stryker.hitLimit)
    if (mutantActivation === 'runtime') delete this.#stryker.activeMutant
    if (endless !== undefined) return { status: MutantRunStatus.Timeout, reason: endless.reason! }
    const found = outcomes.at(-1)
    if (found?.failure === undefined) return { status: MutantRunStatus.Survived, nrOfTests: outcomes.length }
    if (mutantActivation === 'runtime') await this.#insistOn(found)
    this.#kills.set(found.id, (this.#kills.get(found.id) ?? 0) + 1)
    return { status: MutantRunStatus.Killed, killedBy: [found.id], failureMessage: found.failure, nrOfTests: outcomes.length }
  }

  /** A mutant counts as found by a test that passes again without it. What an earlier one left behind ends the process: Stryker tries again in a new one. */
  async #insistOn ({ id }: Outcome): Promise<void> {
    this.#stryker.hitCount = 0
    const [again] = await runCases([cases.get(id)!], {})
    if (again!.failure !== undefined) process.exit(1)
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'repeated-tests', RepeatedTests)]
