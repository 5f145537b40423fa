import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as face from 'fastify-login'
import * as testing from 'fastify-login/testing'
import { loginEventNames } from '../lib/events.ts'
import { EventSource } from '../lib/event-source.ts'
import { LoginManager } from '../lib/manager.ts'
import { codeBlocks, complaints, pages, readme, textOf } from './support/documentation.ts'

const everyPage = [readme, ...pages]
const everything = everyPage.map(textOf).join('\n')
const lib = readdirSync(join(import.meta.dirname, '../lib'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts')).map((name) => textOf(`lib/${name}`)).join('\n')

/** The members of an interface of lib, in the order of its declaration. */
function membersOf (name: string): string[] {
  const [, body] = new RegExp(`^export interface ${name}\\b[^{]*{\\n([^]*?)^}`, 'm').exec(lib) ?? assert.fail(`lib has no interface ${name}`)
  return Array.from(body!.matchAll(/^ {2}(?:readonly )?(\w+)\??(?::| ?\()/gm), ([, member]) => member!)
}

/** The names in the first column of the tables of a page whose heading row begins so. */
function firstColumn (page: string, heading: string): string[] {
  const tables = textOf(page).matchAll(new RegExp(`^\\| ${heading} \\|.*\\n\\|[-| ]+\\|\\n((?:\\|.*\\n?)+)`, 'gm'))
  return Array.from(tables).flatMap(([, rows]) => Array.from(rows!.matchAll(/^\| `([\w.]+)/gm), ([, name]) => name!))
}

function unique (names: Iterable<string>): string[] {
  return [...new Set(names)].sort()
}

const options = [
  ...membersOf('AccountOptions'),
  'realm',
  ...membersOf('CookieOptions').map((name) => `cookie.${name}`),
  ...membersOf('RememberOptions').map((name) => `remember.${name}`)
].filter((name) => !['cookie', 'remember'].includes(name)).sort()

test('the table of options in README lists every option, and none that does not exist', () => {
  assert.deepEqual(firstColumn(readme, 'option').sort(), options)
})

test('docs/options.md lists every option, and none that does not exist', () => {
  assert.deepEqual(firstColumn('docs/options.md', 'option').sort(), options)
})

test('docs/events.md lists every event, and none that does not exist', () => {
  assert.deepEqual(firstColumn('docs/events.md', 'event').sort(), [...loginEventNames].sort())
  assert.deepEqual(membersOf('LoginEvents').sort(), [...loginEventNames].sort())
})

test('docs/errors.md lists every error code, and none that does not exist', () => {
  assert.deepEqual(firstColumn('docs/errors.md', 'code').sort(), unique(lib.match(/FST_LOGIN_\w+/g) ?? []))
})

test('no page names an error code that does not exist', () => {
  const known = unique(lib.match(/FST_LOGIN_\w+/g) ?? [])
  assert.deepEqual(unique(everything.match(/FST_LOGIN_[A-Z_]*[A-Z]/g) ?? []).filter((code) => !known.includes(code)), [])
})

test('docs/types.md lists every public name, and none that does not exist', () => {
  const types = Array.from(textOf('lib/index.ts').matchAll(/^export type \{([^}]*)\}/gm))
    .flatMap(([, names]) => names!.split(',').map((name) => name.trim().split(' as ').at(-1)!)).filter(Boolean)
  const values = Object.keys(face).filter((name) => name !== 'default')
  assert.deepEqual(firstColumn('docs/types.md', 'name').sort(), unique([...types, ...values]))
})

test('docs/testing.md names everything that fastify-login/testing exports', () => {
  for (const name of Object.keys(testing)) assert.match(textOf('docs/testing.md'), new RegExp(`\\b${name}\\b`))
})

test('README and docs/request.md list what a request carries, and nothing that it does not', () => {
  const augmentation = textOf('lib/augmentation.ts')
  const [, request] = /interface FastifyRequest<[^]*?{\n([^]*?)^ {2}}/m.exec(augmentation)!
  const carried = Array.from(request!.matchAll(/^ {4}(?:readonly )?(\w+)(?::| \()/gm), ([, name]) => `request.${name}`).sort()
  for (const page of [readme, 'docs/request.md']) assert.deepEqual(firstColumn(page, 'on the request').sort(), carried, page)
})

test('README lists what the manager carries, and nothing that it does not', () => {
  const methods = [EventSource, LoginManager].flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype))
  const manager = methods.filter((name) => name !== 'constructor').map((name) => `app.login.${name}`)
  assert.deepEqual(firstColumn(readme, 'on the manager').sort(), manager.sort())
})

test('the code on every page of docs compiles', () => {
  const blocks = pages.flatMap(codeBlocks)
  assert.ok(blocks.length > pages.length, 'the pages hold code')
  assert.deepEqual(complaints(blocks), [])
})

test('a compile error in the code of a page would be noticed', () => {
  assert.match(complaints([{ page: 'docs/none.md', line: 7, code: 'app.get(7)\nexport {}\n' }]).join(), /^docs\/none\.md:7 /)
})

test('every link between the pages leads to a page and a heading that exist', () => {
  const broken = everyPage.flatMap((page) => Array.from(textOf(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([\w-]*))?\)/g))
    .filter(([, target, heading]) => !leadsSomewhere(page, target!, heading)).map(([link]) => `${page} ${link}`))
  assert.deepEqual(broken, [])
})

function leadsSomewhere (page: string, target: string, heading: string | undefined): boolean {
  const path = target === '' ? page : join(page, '..', target)
  try {
    const headings = Array.from(textOf(path).matchAll(/^#+ (.*)$/gm), ([, title]) => title!.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-'))
    return heading === undefined || headings.includes(heading)
  } catch {
    return false
  }
}
