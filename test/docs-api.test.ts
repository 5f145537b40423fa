import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { Application, ReflectionKind, type ProjectReflection, type Reflection } from 'typedoc'
import { complaints, exampleBlocks } from './support/documentation.ts'
import { root, temporaryFolder } from './support/package.ts'

let reference: ProjectReflection
const made = temporaryFolder('reference')
before(async () => {
  const application = await Application.bootstrapWithPlugins({ options: join(root, 'typedoc.json'), out: made, logLevel: 'Error' })
  reference = await application.convert() ?? assert.fail('TypeDoc could not read the code')
  await application.generateOutputs(reference)
})

const contents = (folder: string) => Object.fromEntries(
  readdirSync(folder).filter((name) => name.endsWith('.md')).sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]))

test('docs/api says what the doc comments say: npm run docs:api writes it anew', () => {
  const [written, now] = [contents(join(root, 'docs/api')), contents(made)]
  assert.deepEqual(Object.keys(written), Object.keys(now))
  for (const [name, text] of Object.entries(now)) assert.equal(written[name], text, name)
})

test('the reference names no folder of the machine it was made on, and no day', () => {
  for (const text of Object.values(contents(made))) assert.doesNotMatch(text, new RegExp(`${root}|\\b20\\d\\d-\\d\\d-\\d\\dT`))
})

const told = ReflectionKind.ExportContainer | ReflectionKind.TypeAlias | ReflectionKind.Variable | ReflectionKind.Property |
  ReflectionKind.CallSignature | ReflectionKind.GetSignature

/** What has a name but nothing to be told: keys that nobody writes, signatures of what is told of, and what a client of Redis says of itself. */
const untold = /\[promised\]|^RedisClient\.|^Guard\.Guard$|^GuardScope\.GuardScope$/

test('every public name has a summary', () => {
  const names = reference.getReflectionsByKind(told)
    .filter((reflection) => reflection !== reference && !isInside(reflection, ReflectionKind.TypeLiteral))
  assert.ok(names.length > 150, `there are ${names.length}`)
  const silent = names.filter(({ comment }) => comment === undefined || comment.summary.length === 0)
  assert.deepEqual(silent.map(nameOf).filter((name) => !untold.test(name)), [])
  const noticed = silent.some((reflection) => nameOf(reflection).startsWith('RedisClient.evalsha'))
  assert.ok(noticed, 'one that has none is noticed')
})

function isInside ({ parent }: Reflection, kind: ReflectionKind): boolean {
  return parent !== undefined && (parent.kindOf(kind) || isInside(parent, kind))
}

function nameOf (reflection: Reflection): string {
  return reflection.getFullName().replace(/^fastify-login(?:\/\w+)?\./, '')
}

test('the examples in doc comments compile', () => {
  const files = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const examples = files.flatMap((name) => exampleBlocks(`lib/${name}`))
  assert.ok(examples.length >= 12)
  assert.deepEqual(complaints(examples, 'export {}\n'), [])
})
