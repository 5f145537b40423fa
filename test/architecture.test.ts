import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { test } from 'node:test'
import { filesOfLayers } from './support/layers.ts'

const root = join(import.meta.dirname, '..')
const lib = join(root, 'lib')
const files = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).sort()
const listed = filesOfLayers(root)

/** The files of lib that a file names in imports and exports, for types too. */
function importsOf (file: string): string[] {
  const specifiers = readFileSync(join(lib, file), 'utf8').matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g)
  return Array.from(specifiers, ([, specifier]) => join(dirname(file), specifier!))
}

test('the table of layers lists every file of lib once, and none that does not exist', () => {
  assert.deepEqual(files.filter((file) => !listed.includes(file)), [], 'missing in the table')
  assert.deepEqual(listed.filter((file) => !files.includes(file)), [], 'missing in lib')
  assert.equal(new Set(listed).size, listed.length)
})

for (const [position, file] of listed.entries()) {
  test(`${file} imports only from the files before it`, () => {
    const before = listed.slice(0, position)
    assert.deepEqual(importsOf(file).filter((imported) => !before.includes(imported)), [])
  })
}

test('stores, their suite and OpenID Connect see of the plugin what an application sees', () => {
  for (const file of files.filter((file) => /^(?:oidc|redis|sql|testing\/)/.test(file))) {
    const [folder] = file.replace('.ts', '').split('/')
    const others = importsOf(file).filter((imported) => imported !== 'index.ts' && !imported.startsWith(`${folder}/`))
    assert.deepEqual(others, [], file)
  }
})

test('imports are seen in every form that they are written in', () => {
  assert.deepEqual(importsOf('plugin.ts').includes('settings.ts'), true)
  assert.deepEqual(importsOf('index.ts').includes('augmentation.ts'), true)
  assert.deepEqual(importsOf('augmentation.ts').includes('typing.ts'), true)
})

for (const file of files) {
  test(`${file} begins by saying what it is for, and is short`, () => {
    const text = readFileSync(join(lib, file), 'utf8')
    assert.match(text, /^\/\*\*(?: |\n \* )\S/)
    const lines = text.trimEnd().split('\n').length
    assert.ok(lines <= 200, `it has ${lines} lines`)
  })
}
