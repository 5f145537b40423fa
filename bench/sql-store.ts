/**
 * What a `SqlStore` costs after one user has ended all logins again and again, and beside many rows to list or remove.
 * `npx tsx bench/sql-store.ts [presses] [logins of one user] [rows to remove] [databases]`
 */

import { existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import Database from 'libsql'
import { Pool } from 'pg'
import type { LoginRecord } from 'fastify-login'
import { SqlStore } from 'fastify-login/sql'
import { rowOf } from '../lib/sql/rows.ts'
import { makeRecord, makeRecords, randomOwner } from '../lib/testing/login-store/setting.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { describeMachine } from './machine.ts'

const [presses = 60_000, logins = 20_000, removable = 200_000] = process.argv.slice(2, 5).map(Number)
const named = process.argv[5]?.split(',') ?? ['PostgreSQL', 'SQLite']
const asked = 200

interface Opened { readonly db: Kysely<any>, readonly close: () => Promise<void> }

const databases: Record<string, () => Promise<Opened>> = {
  async PostgreSQL () {
    const server = await startPostgres()
    const pool = new Pool({ connectionString: server.url, max: 10 })
    const db = new Kysely<any>({ dialect: new PostgresDialect({ pool }) })
    return { db, close: async () => { await db.destroy(); await server.stop() } }
  },
  async SQLite () {
    const file = join(tmpdir(), `fastify-login-bench-${process.pid}.sqlite`)
    const database = new Database(file)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = OFF')
    const db = new Kysely<any>({ dialect: new SqliteDialect({ database }) })
    const remove = () => { for (const end of ['', '-wal', '-shm']) if (existsSync(file + end)) rmSync(file + end) }
    return { db, close: async () => { await db.destroy(); remove() } }
  }
}

/** Microseconds of one of many calls, the median of five runs. */
async function microseconds (call: () => Promise<unknown>): Promise<number> {
  const runs: number[] = []
  for (let run = 0; run < 5; run++) {
    const begun = performance.now()
    for (let index = 0; index < asked; index++) await call()
    runs.push((performance.now() - begun) / asked * 1000)
  }
  return runs.sort((one, other) => one - other)[2] as number
}

/** How long a call took, and the longest pause of the event loop meanwhile, in milliseconds. */
async function watched (title: string, call: () => Promise<unknown>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const begun = performance.now()
  const answer = await call()
  const took = performance.now() - begun
  await new Promise((resolve) => { setTimeout(resolve, 20) })
  delay.disable()
  const rows = String(Array.isArray(answer) ? answer.length : answer)
  console.log(`  ${title}: ${rows} rows in ${took.toFixed(0)} ms, longest pause ${(delay.max / 1e6).toFixed(0)} ms`)
}

/** As `create` writes them, many to a statement. */
async function insert (db: Kysely<any>, records: LoginRecord[]): Promise<void> {
  for (let from = 0; from < records.length; from += 1000) {
    await db.insertInto('logins').values(records.slice(from, from + 1000).map(rowOf)).execute()
  }
}

async function measure (name: string): Promise<void> {
  const { db, close } = await (databases[name] as () => Promise<Opened>)()
  const store = new SqlStore({ db })
  await store.createTable()
  const mine = makeRecord()
  await insert(db, [mine, ...makeRecords(randomOwner(), 1000)])
  let { version } = mine
  const calls: Record<string, () => Promise<unknown>> = {
    find: () => store.find(mine.id),
    update: () => store.update({ ...mine, version: version + 1 }, version++),
    create: () => store.create(makeRecord({ owner: mine.owner, begunAt: mine.begunAt + 7200, keepUntil: 0 }))
  }
  const before: Record<string, number> = {}
  for (const [call, run] of Object.entries(calls)) before[call] = await microseconds(run)
  await db.deleteFrom('logins').where('keep_until', '=', 0).execute()
  const pressed = performance.now()
  for (let press = 0; press < presses; press++) await store.removeAll(mine.owner, mine.id)
  console.log(`\n${name}\n  ${presses} ends of all logins: ${((performance.now() - pressed) / presses * 1000).toFixed(0)} µs each`)
  for (const [call, run] of Object.entries(calls)) {
    const [one, other] = [before[call] as number, await microseconds(run)]
    console.log(`  ${call}: ${one.toFixed(0)} µs before, ${other.toFixed(0)} µs after: × ${(other / one).toFixed(2)}`)
  }
  const crowd = makeRecords(randomOwner(), logins) as [LoginRecord, ...LoginRecord[]]
  await insert(db, crowd)
  await watched('list of one user', () => store.list(crowd[0].owner))
  await watched('removeAll of one user', () => store.removeAll(crowd[0].owner, crowd[0].id))
  await insert(db, makeRecords(randomOwner(), removable, { keepUntil: 1 }))
  await watched('removeExpired', () => store.removeExpired())
  await insert(db, makeRecords(randomOwner(), removable))
  await store.removeAll(null)
  await watched("removeExpired after everybody's ended", () => store.removeExpired())
  await close()
}

for (const line of describeMachine()) console.log(line)
for (const name of named) await measure(name)
