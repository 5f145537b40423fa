/**
 * How Stryker mutates the layers of decisions and behaviour: `npm run mutation`.
 *
 * @module
 */
import { join } from 'node:path'
import type { PartialStrykerOptions } from '@stryker-mutator/api/core'
import { mutatedFiles } from './subject.ts'

export default {
  packageManager: 'npm',
  mutate: mutatedFiles(join(import.meta.dirname, '../..')),
  plugins: ['./test/mutation/plugin.ts'],
  testRunner: 'repeated-tests',
  testRunnerNodeArgs: ['--import', 'tsx', '--max-old-space-size=3000'],
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  // A run that follows tries again what was alive, and what has changed since.
  incremental: true,
  incrementalFile: 'coverage/mutation-known.json',
  // What one mutant leaves behind does not reach the next hundreds.
  maxTestRunnerReuse: 300,
  timeoutMS: 15_000,
  reporters: ['clear-text', 'progress-append-only', 'json', 'html'],
  jsonReporter: { fileName: 'coverage/mutation.json' },
  htmlReporter: { fileName: 'coverage/mutation.html' },
  clearTextReporter: { allowColor: false, logTests: false, allowEmojis: false },
  tempDirName: 'coverage/mutation',
  ignorePatterns: ['dist', 'bench', 'coverage', 'docs/images', 'docs/api', '.git'],
  thresholds: { high: 98, low: 95, break: 95 }
} satisfies PartialStrykerOptions
