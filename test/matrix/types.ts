/**
 * Holds the types of the packed package to every pair of Fastify and TypeScript: `npm run types:matrix`, or to some
 * pairs only, as in `npm run types:matrix -- 5.4.0/5.4.5 latest`, where `latest` is that of Fastify with every
 * TypeScript. Each pair is installed in a temporary folder.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm, pack, root, temporaryFolder } from '../support/package.ts'

const fastifyVersions = ['5.4.0', '5.6.2', '5.8.5', '5.10.0', 'latest']
const typescriptVersions = ['5.4.5', '5.5.4', '5.6.3', '5.7.3', '5.8.3', '5.9.3', '6.0.3', 'latest']

/** From here on TypeScript is a program without the interface that tstyche asks. */
const firstNative = 7

const withEvery = (fastify: string) => typescriptVersions.map((typescript) => `${fastify}/${typescript}`)
const named = process.argv.slice(2)
const pairs = (named.length === 0 ? fastifyVersions : named).flatMap((word) => word.includes('/') ? [word] : withEvery(word))
const { tarball } = pack()
const results = pairs.map((pair) => ({ pair, complaints: check(pair) }))
for (const { pair, complaints } of results) process.stdout.write(`${complaints === '' ? 'ok    ' : 'not ok'} Fastify/TypeScript ${pair}\n${complaints}`)
process.exitCode = results.every(({ complaints }) => complaints === '') ? 0 : 1

/** What the compiler, and tstyche where it can, say of one pair. */
function check (pair: string): string {
  const [fastify = '', typescript = ''] = pair.split('/')
  const folder = project(fastify, typescript)
  const version = installed(folder, 'typescript')
  process.stderr.write(`Fastify ${installed(folder, 'fastify')}, TypeScript ${version}\n`)
  const compiled = run(folder, 'node_modules/typescript/bin/tsc', '-p', '.', '--pretty', 'false')
  // A library of somebody else's that does not suit a compiler is not this package's doing.
  const ours = compiled.split('\n').filter((line) => /^(?:test|node_modules\/fastify-login)\//.test(line) || /^error/.test(line))
  const tests = Number.parseInt(version) < firstNative ? run(folder, 'node_modules/tstyche/build/bin.js') : ''
  return [...ours, tests].filter((line) => line !== '').map((line) => `${line}\n`).join('')
}

function project (fastify: string, typescript: string): string {
  const folder = temporaryFolder('types')
  mkdirSync(join(folder, 'test/types'), { recursive: true })
  cpSync(join(root, 'test/support/user.ts'), join(folder, 'test/support/user.ts'))
  cpSync(join(root, 'test/matrix/consumer.ts'), join(folder, 'test/matrix/consumer.ts'))
  for (const name of readdirSync(join(root, 'test/types')).filter((name) => name.endsWith('.tst.ts'))) {
    const suite = readFileSync(join(root, 'test/types', name), 'utf8')
    writeFileSync(join(folder, 'test/types', name), suite.replaceAll(/'\.\.\/\.\.\/lib\/([\w/-]+)\.ts'/g, "'../../node_modules/fastify-login/dist/$1.js'"))
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
    compilerOptions: {
      target: 'es2022',
      lib: ['es2023'],
      module: 'nodenext',
      moduleResolution: 'nodenext',
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noImplicitOverride: true,
      skipLibCheck: false,
      allowImportingTsExtensions: true,
      noEmit: true
    },
    include: ['test']
  }))
  writeFileSync(join(folder, 'tstyche.json'), JSON.stringify({ testFileMatch: ['test/types/*.tst.ts'], tsconfig: './tsconfig.json' }))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const peers = ['@types/node', 'jose', 'kysely', 'openid-client', '@fastify/type-provider-typebox', 'tstyche'].map((name) => `${name}@${installed(root, name)}`)
  npm(folder, 'install', '--no-audit', '--no-fund', '--ignore-scripts', tarball, `fastify@${fastify}`, `typescript@${typescript}`, ...peers, 'typebox')
  return folder
}

function installed (folder: string, name: string): string {
  return (JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version
}

/** What a program prints, if it fails. */
function run (folder: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' })
  return status === 0 ? '' : `${stdout}${stderr}`
}
