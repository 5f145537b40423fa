/**
 * Stands in for `node:test` under mutation: the tests of a file are kept, to be run again for each mutant.
 *
 * `node:test` runs a test once and where it is declared. Loading the tests takes longer than running
 * those that reach a mutant, so a process that loads them once tries hundreds of mutants.
 *
 * @module
 */
import { mock, type TestContext } from 'node:test'

type Hook = () => unknown
type Body = (context: TestContext) => unknown

export interface Suite {
  readonly name: string
  readonly parent: Suite | undefined
  readonly before: Hook[]
  readonly after: Hook[]
  readonly beforeEach: Hook[]
  readonly afterEach: Hook[]
}

export interface Case {
  readonly id: string
  readonly suite: Suite
  readonly body: Body
}

/** Every test that the loaded files declare, by its id: the file and the titles down to it. */
export const cases = new Map<string, Case>()

let current: Suite = makeSuite('', undefined)

function makeSuite (name: string, parent: Suite | undefined): Suite {
  return { name, parent, before: [], after: [], beforeEach: [], afterEach: [] }
}

/** Declares what a file holds in a suite that bears its name. */
export async function declareFile (name: string, load: () => Promise<unknown>): Promise<void> {
  current = makeSuite(name, undefined)
  await load()
}

export function titlesOf (suite: Suite | undefined): string[] {
  return suite === undefined ? [] : [...titlesOf(suite.parent), suite.name]
}

type Declared<Function> = [name: string, body: Function] | [name: string, options: { readonly skip?: unknown }, body: Function]

export function describe (...declared: Declared<() => void>): void {
  const [name, options, body] = declared.length === 3 ? declared : [declared[0], {}, declared[1]]
  if (options.skip !== undefined && options.skip !== false) return
  const outer = current
  current = makeSuite(name, outer)
  body()
  current = outer
}

export function test (...declared: Declared<Body>): void {
  const [name, options, body] = declared.length === 3 ? declared : [declared[0], {}, declared[1]]
  if (options.skip !== undefined && options.skip !== false) return
  const title = [...titlesOf(current), name].join(' › ')
  let id = title
  for (let count = 2; cases.has(id); count++) id = `${title} (${count})`
  cases.set(id, { id, suite: current, body })
}

export const before = (hook: Hook): void => { current.before.push(hook) }
export const after = (hook: Hook): void => { current.after.push(hook) }
export const beforeEach = (hook: Hook): void => { current.beforeEach.push(hook) }
export const afterEach = (hook: Hook): void => { current.afterEach.push(hook) }

export { test as it, describe as suite, mock }
