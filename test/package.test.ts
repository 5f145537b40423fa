import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { before, test } from 'node:test'
import { pack, root, temporaryFolder, type Packed } from './support/package.ts'

interface Manifest {
  exports: Record<string, string | { types: string, default: string }>
  dependencies: Record<string, string>
  peerDependencies: Record<string, string>
  peerDependenciesMeta: Record<string, { optional?: boolean }>
}

const addresses = ['.', './testing', './redis', './sql', './oidc']
const optional = ['jose', 'kysely', 'openid-client']

let packed: Packed
let manifest: Manifest
before(() => {
  packed = pack()
  manifest = JSON.parse(readFileSync(join(packed.unpacked, 'package.json'), 'utf8')) as Manifest
})

const sources = () => readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))

test('the package holds what is compiled, its README and its licence, and nothing else', () => {
  const compiled = sources().flatMap((name) => [`dist/${name.replace(/\.ts$/, '.js')}`, `dist/${name.replace(/\.ts$/, '.d.ts')}`])
  assert.deepEqual(packed.files, ['LICENSE', 'README.md', 'package.json', ...compiled].sort())
})

test('the package has these addresses, and each leads to code and to types that are in it', () => {
  const { './package.json': itself, ...exported } = manifest.exports
  assert.equal(itself, './package.json')
  assert.deepEqual(Object.keys(exported), addresses)
  for (const entry of Object.values(exported)) {
    assert.ok(typeof entry === 'object')
    assert.deepEqual(Object.keys(entry), ['types', 'default'], 'types come first, or TypeScript does not find them')
    for (const target of Object.values(entry)) assert.ok(packed.files.includes(target.replace('./', '')), target)
  }
})

/** What a compiled file imports, at run time or for its types. */
function importsOf (file: string): string[] {
  const text = readFileSync(join(packed.unpacked, file), 'utf8').replaceAll(/^\s*\*.*$/gm, '')
  return Array.from(text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g), ([, specifier]) => specifier!)
}

function packagesOf (specifiers: string[]): string[] {
  const bare = specifiers.filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier) && !specifier.startsWith('fastify-login'))
  return [...new Set(bare.map((specifier) => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')))].sort()
}

test('every dependency is used, and nothing is used that is not one', () => {
  const named = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)].sort()
  const used = packagesOf(packed.files.filter((file) => file.startsWith('dist/')).flatMap(importsOf))
  assert.deepEqual(used, named)
})

test('what code needs at run time is a dependency, or a peer that says so', () => {
  const used = packagesOf(packed.files.filter((file) => file.endsWith('.js')).flatMap(importsOf))
  assert.deepEqual(used.filter((name) => !optional.includes(name)), Object.keys(manifest.dependencies).sort())
})

/** The files that are loaded with one, itself included. */
function loadedWith (entry: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(entry)) return loaded
  loaded.add(entry)
  for (const specifier of importsOf(entry).filter((specifier) => specifier.startsWith('.'))) loadedWith(join(dirname(entry), declared(entry, specifier)), loaded)
  return loaded
}

/** Declarations name each other as their sources did. */
function declared (file: string, specifier: string): string {
  return file.endsWith('.d.ts') ? specifier.replace(/\.ts$/, '.d.ts') : specifier
}

test('the peers that may be missing are optional, and the main address needs none of them', () => {
  assert.deepEqual(Object.keys(manifest.peerDependenciesMeta).sort(), optional)
  assert.ok(Object.values(manifest.peerDependenciesMeta).every((meta) => meta.optional === true))
  for (const entry of ['dist/index.js', 'dist/testing.js', 'dist/redis.js', 'dist/index.d.ts', 'dist/testing.d.ts', 'dist/redis.d.ts']) {
    const needed = packagesOf([...loadedWith(entry)].flatMap(importsOf))
    assert.deepEqual(needed.filter((name) => optional.includes(name)), [], entry)
  }
})

/** An empty project with the package in it, and of other packages only what it names. */
function project (names: string[]): string {
  const folder = temporaryFolder('project')
  for (const name of names) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  cpSync(packed.unpacked, join(folder, 'node_modules/fastify-login'), { recursive: true })
  return folder
}

const run = (folder: string, ...words: string[]) => execFileSync(process.execPath, words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()

test('the package can be imported and required where nothing is installed but what it names', () => {
  const folder = project([...Object.keys(manifest.dependencies), 'fastify'])
  const program = (login: string, fastify: string) => `
    ${fastify}
    ${login}
    const app = Fastify()
    app.register(login, { key: 'k'.repeat(32), loadUser: (id) => ({ id }) })
    app.get('/', { preHandler: requireLogin }, () => 'yours')
    app.inject('/').then((answer) => console.log(answer.json().code))`
  const imported = program("import login, { requireLogin } from 'fastify-login'", "import Fastify from 'fastify'")
  const required = program("const { default: login, requireLogin } = require('fastify-login')", "const Fastify = require('fastify')")
  assert.equal(run(folder, '--input-type=module', '-e', imported), 'FST_LOGIN_UNAUTHORIZED')
  assert.equal(run(folder, '--input-type=commonjs', '-e', required), 'FST_LOGIN_UNAUTHORIZED')
  for (const name of ['testing', 'redis']) assert.notEqual(run(folder, '-p', `Object.keys(require('fastify-login/${name}')).join()`), '')
})

test('the addresses with an optional peer can be imported and required where it is installed', () => {
  const folder = project([...Object.keys(manifest.dependencies), 'fastify', ...optional])
  for (const [name, exported] of [['sql', 'SqlStore'], ['oidc', 'default']] as const) {
    assert.equal(run(folder, '-p', `typeof require('fastify-login/${name}').${exported}`), 'function')
    assert.equal(run(folder, '--input-type=module', '-e', `console.log(typeof (await import('fastify-login/${name}')).${exported})`), 'function')
  }
})

test('nothing else in the package can be imported', () => {
  const folder = project([...Object.keys(manifest.dependencies), 'fastify'])
  const load = "import('fastify-login/dist/settings.js').catch((error) => console.log(error.code))"
  assert.equal(run(folder, '--input-type=module', '-e', load), 'ERR_PACKAGE_PATH_NOT_EXPORTED')
})
