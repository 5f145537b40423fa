/**
 * Runs the tests on every version of Node that is promised: `npm run node:matrix`, or on some, and some tests only, as
 * in `npm run node:matrix -- 22 24 test/login.test.ts`.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { root } from '../support/package.ts'

const promised = ['20.19', '22', '24']

const words = process.argv.slice(2)
const versions = words.filter((word) => /^[\d.]+$/.test(word))
const named = words.filter((word) => !versions.includes(word))
const files = named.length > 0 ? named : everyTest()

const failed = (versions.length === 0 ? promised : versions).filter((version) => {
  process.stdout.write(`\n== Node ${version}\n`)
  const tests = ['--import', 'tsx', '--test', '--test-reporter=dot', '--test-concurrency=2', '--test-timeout=300000', ...files]
  return spawnSync('npx', ['--yes', '--package', `node@${version}`, 'node', ...tests], { cwd: root, stdio: 'inherit' }).status !== 0
})
if (failed.length > 0) process.stdout.write(`\nTests fail on Node ${failed.join(', ')}\n`)
process.exitCode = failed.length

/** Those of `npm test`: in test, and in the folders right inside it. */
function everyTest (): string[] {
  return readdirSync(`${root}/test`, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^(?:[\w-]+\/)?[\w.-]+\.test\.ts$/.test(name)).sort().map((name) => `test/${name}`)
}
