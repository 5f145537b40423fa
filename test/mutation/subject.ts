/**
 * What is mutated, and by which tests it is to be found.
 *
 * @module
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { filesOfLayers } from '../support/layers.ts'

/** The files of the layers of decisions and behaviour. */
export function mutatedFiles (root: string): string[] {
  return filesOfLayers(root, ['decisions', 'behaviour']).map((file) => `lib/${file}`)
}

// What reads the source or the docs, starts programs or servers, or tests the plugin by its types only.
const others = /^(?:architecture|asvs|bench|docs|exports|package|readme|options-needed|conformance\/replay)/

/** The tests of behaviour that need no server and no other process. */
export function testFiles (root: string): string[] {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  const chosen = files.filter((file) => /^(?:(?:store|conformance)\/)?[\w-]+\.test\.ts$/.test(file) || file === 'stores/memory.test.ts')
  return chosen.filter((file) => !others.test(file)).sort().map((file) => `test/${file}`)
}
