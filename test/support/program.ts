/** Runs the code of a page: with what the pages take for granted, and without opening a port. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Fastify, { type FastifyInstance } from 'fastify'
import login, { MemoryStore, requireLogin } from 'fastify-login'
import { textOf, type CodeBlock } from './documentation.ts'

// Inside the project, so that its imports are found; in a folder that git ignores.
const data = join(import.meta.dirname, '../../data')

export const ada = { id: '1', name: 'Ada', isActive: true, passwordHash: 'one', rememberToken: 'a' }
export const grace = { id: '2', name: 'Grace', isActive: true, passwordHash: 'two', rememberToken: 'b' }
export const password = 'analytical engine'
const everybody = [ada, grace]

/** What express-session left: its sessions by their id. */
export const oldSessions = new Map<string, unknown>()

/** What the pages take for granted. */
const known = {
  oldStore: {
    get: (id: string, done: (error: null, session: unknown) => void) => done(null, oldSessions.get(id) ?? null),
    set: (id: string, session: unknown, done: () => void) => { oldSessions.set(id, structuredClone({ ...session as object })); done() },
    destroy: (id: string, done: () => void) => { oldSessions.delete(id); done() }
  },
  users: {
    find: async (id: string) => everybody.find((user) => user.id === id) ?? null,
    findByToken: async (token: string) => everybody.find((user) => user.rememberToken === token) ?? null
  },
  checkPassword: async (body: { name?: string, password?: string } | null) => {
    return everybody.find(({ name }) => name === body?.name && body.password === password) ?? null
  }
}

/** What programs take from packages that are not installed. */
const packages: Record<string, string> = {
  '@fastify/passport': `
    const authenticate = () => async (request) => { request.user = { id: 1 } }
    export default { authenticate }`,
  '@prisma/client': `
    const account = { id: 1, name: 'Ada', isActive: true, passwordHash: 'one' }
    export class PrismaClient {
      user = { findUnique: async ({ where: { id } }) => id === account.id ? account : null }
      async $disconnect () {}
    }`,
  'drizzle-orm': 'export const eq = (_column, value) => value',
  'drizzle-orm/pg-core': `
    const column = () => ({ notNull: column, primaryKey: column })
    export const [uuid, text, boolean] = [column, column, column]
    export const pgTable = (_name, columns) => columns`,
  'drizzle-orm/node-postgres': `
    const account = { id: '1', name: 'Ada', isActive: true, passwordHash: 'one' }
    const rows = { where: (id) => ({ limit: async () => id === account.id ? [account] : [] }) }
    export const drizzle = () => ({ select: () => ({ from: () => rows }) })`
}

export class Programs {
  readonly #folder: string
  readonly #apps = new Set<FastifyInstance>()
  #count = 0

  constructor () {
    mkdirSync(data, { recursive: true })
    this.#folder = mkdtempSync(join(data, 'programs-'))
    for (const [name, code] of Object.entries(packages)) {
      this.#write(`node_modules/${name}/index.js`, code)
      this.#write(`node_modules/${name}/package.json`, '{ "type": "module", "exports": { ".": "./index.js", "./*": "./*/index.js" } }')
    }
    Object.assign(process.env, {
      SECRET_KEY: 'a secret of the tests, thirty-two bytes or more',
      SECRET_KEYS: 'a-secret-of-the-tests-thirty-two-bytes-or-more',
      SESSION_KEY: '73'.repeat(32),
      OLD_SECRET: 'the secret of the session before, long enough'
    })
  }

  /** Runs a block, and gives what it exports, and its application: the one it makes, or one that is there for it. */
  async run (block: CodeBlock, given?: FastifyInstance): Promise<{ app: FastifyInstance, exported: Record<string, unknown> }> {
    const makesApp = /^const app = Fastify\(/m.test(block.code)
    const app = makesApp ? null : given ?? await appFor(block)
    Object.assign(globalThis, known, { app })
    for (const template of textOf(block.page).matchAll(/^```html\n<!-- (\S+) -->\n([^]*?)^```$/gm)) this.#write(template[1]!, template[2]!)
    const code = block.code
      .replace(/^await app\.listen\(.*$/m, '')
      .replace("import { test } from 'node:test'", 'const test = async (_title: string, run: () => unknown) => await run()')
      .replace(/^test\(/m, 'await test(')
    // A file of its own for each run: a module runs once.
    const file = this.#write(`${block.page.replaceAll(/\W/g, '-')}-${block.line}-${this.#count++}.ts`, `${code}\n${makesApp ? 'export { app }' : 'export {}'}\n`)
    const exported = await import(pathToFileURL(file).href) as Record<string, unknown>
    const made = app ?? exported['app'] as FastifyInstance
    this.#apps.add(made)
    await made.ready()
    return { app: made, exported }
  }

  async close (): Promise<void> {
    for (const app of this.#apps) await app.close()
    rmSync(this.#folder, { recursive: true })
  }

  #write (name: string, text: string): string {
    const file = join(this.#folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return file
  }
}

/** An application for a block that takes one for granted; the plugin is registered where the block does not do it. */
async function appFor ({ code }: CodeBlock): Promise<FastifyInstance> {
  const app = Fastify()
  if (!/^await app\.register\(login/m.test(code)) {
    await app.register(login, { key: process.env['SECRET_KEY'], loadUser: known.users.find as never, store: new MemoryStore() })
  }
  if (!code.includes("'/settings'") || code.includes("inject({ url: '/settings'")) app.get('/settings', { preHandler: requireLogin }, () => 'yours')
  return app
}
