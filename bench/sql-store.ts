/**
 * What a `SqlStore` costs beside what one user, or a long absence of `removeExpired`, has left in its tables: on
 * PostgreSQL, MariaDB and SQLite, where they are installed. `npx tsx bench/sql-store.ts [presses] [logins] [expired]`.
 */

import { existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import Database from 'libsql'
import { Pool } from 'pg'
import { SqlStore } from 'fastify-login/sql'
import { makeRecord, makeRecords } from '../lib/testing/login-store/setting.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { describeMachine } from './machine.ts'

const [presses = 60_000, logins = 20_000, expired = 200_000] = process.argv.slice(2).map(Number)
const asked = 2000

interface Opened { readonly db: Kysely<any>, readonly close: () => Promise<void> }

const databases: Record<string, () => Promise<Opened>> = {
  async PostgreSQL () {
    const server = await startPostgres()
    const db = new Kysely<any>({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: server.url, max: 10 }) }) })
    return { db, close: async () => { await db.destroy(); await server.stop() } }
  },
  async SQLite () {
    const file = join(tmpdir(), `fastify-login-bench-${process.pid}.sqlite`)
    const database = new Database(file)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = OFF')
    const db = new Kysely<any>({ dialect: new SqliteDialect({ database }) })
    return { db, close: async () => { await db.destroy(); for (const end of ['', '-wal', '-shm']) if (existsSync(file + end)) rmSync(file + end) } }
  }
}

/** Microseconds of one of many calls, the median of five runs. */
async function microseconds (call: (index: number) => Promise<unknown>): Promise<number> {
  const runs: number[] = []
  for (let run = 0; run < 5; run++) {
    const begun = performance.now()
    for (let index = 0; index < asked; index++) await call(run * asked + index)
    runs.push((performance.now() - begun) / asked * 1000)
  }
  return runs.sort((one, other) => one - other)[2] as number
}

/** How long a call took, and the longest pause of the event loop meanwhile, in milliseconds. */
async function watched (call: () => Promise<unknown>): Promise<string> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const begun = performance.now()
  const answer = await call()
  const took = performance.now() - begun
  await new Promise((resolve) => { setTimeout(resolve, 20) })
  delay.disable()
  return `${String(Array.isArray(answer) ? answer.length : answer)} in ${took.toFixed(0)} ms, longest pause ${(delay.max / 1e6).toFixed(0)} ms`
}

async function measure (name: string): Promise<void> {
  const { db, close } = await (databases[name] as () => Promise<Opened>)()
  const store = new SqlStore({ db })
  await store.createTable()
  const mine = makeRecord({ begunAt: Date.now() / 1000 + 7200 })
  await store.create(mine)
  for (let index = 0; index < 1000; index++) await store.create(makeRecord())

  let { version } = mine
  const find = () => microseconds(() => store.find(mine.id))
  const update = () => microseconds(() => store.update({ ...mine, version: version + 1 }, version++))
  const begin = () => microseconds(() => store.create(makeRecord({ owner: mine.owner, begunAt: mine.begunAt, keepUntil: 0 })))
  const before = { find: await find(), update: await update(), create: await begin() }
  const pressed = performance.now()
  for (let press = 0; press < presses; press++) await store.removeAll(mine.owner, mine.id)
  const press = (performance.now() - pressed) / presses * 1000
  const after = { find: await find(), update: await update(), create: await begin() }
  console.log(`\n${name}\n  ${presses} × log out everywhere: ${press.toFixed(0)} µs each`)
  for (const call of ['find', 'update', 'create'] as const) {
    console.log(`  ${call.padEnd(7)} ${before[call].toFixed(0).padStart(6)} µs before, ${after[call].toFixed(0).padStart(7)} µs after: × ${(after[call] / before[call]).toFixed(2)}`)
  }

  const crowd = makeRecords(makeRecord().owner, logins)
  await insert(db, crowd)
  console.log(`  list      of ${logins}: ${await watched(() => store.list(crowd[0]!.owner))}`)
  console.log(`  removeAll of ${logins}: ${await watched(() => store.removeAll(crowd[0]!.owner, crowd[0]!.id))}`)
  await insert(db, makeRecords(makeRecord().owner, expired, { keepUntil: 1 }))
  console.log(`  removeExpired: ${await watched(() => store.removeExpired())}`)
  await insert(db, makeRecords(makeRecord().owner, expired))
  await store.removeAll(null)
  console.log(`  removeExpired after everybody's: ${await watched(() => store.removeExpired())}`)
  await close()
}

/** As `create` writes them, many to a statement. */
async function insert (db: Kysely<any>, records: ReturnType<typeof makeRecord>[]): Promise<void> {
  const { rowOf } = await import('../lib/sql/rows.ts')
  for (let from = 0; from < records.length; from += 1000) await db.insertInto('logins').values(records.slice(from, from + 1000).map(rowOf)).execute()
}

for (const line of describeMachine()) console.log(line)
for (const name of Object.keys(databases)) await measure(name)
