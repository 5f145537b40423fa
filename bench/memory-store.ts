/**
 * A million logins in a `MemoryStore`: the memory that they take, and whether `find` takes longer for it.
 * Run with `node --expose-gc --import tsx bench/memory-store.ts`; it fails where they take more than is promised.
 */

import { createHash, randomBytes } from 'node:crypto'
import { MemoryStore, type LoginRecord } from 'fastify-login'
import { describeMachine } from './machine.ts'

const sizes = [1_000, 10_000, 100_000, 1_000_000]
const asked = 100_000

/** Of the whole process, in megabytes. */
const promised = 600

const store = new MemoryStore()
let kept = 0

/** A remembered login that was restored once, as the plugin writes it: the largest that are common. */
function makeRecord (number: number): LoginRecord {
  const at = Date.now() / 1000
  return {
    id: idOf(number),
    owner: digest().slice(0, 22),
    version: 0,
    begunAt: at,
    keepUntil: at + 2592000,
    realm: '',
    userId: String(number),
    secret: digest(),
    previousSecrets: [],
    provenAt: at,
    renewedAt: at,
    seenAt: at,
    expiresAt: at + 2592000,
    fresh: false,
    stale: false,
    remembered: true,
    browser: digest(),
    stamp: digest(),
    userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + number % 50}.0.0.0 Safari/537.36`,
    ip: `192.0.${number % 256}.${number % 251}`,
    remember: { validator: digest(), previous: [{ validator: digest(), replacedAt: at, expiresAt: at + 2592000 }], seen: true, expiresAt: at + 2592000, duration: 2592000, token: null },
    data: null
  }
}

/** Ids are made again when they are asked for, because a list of them would be measured with the store. */
function idOf (number: number): string {
  return createHash('sha256').update(String(number)).digest('base64url').slice(0, 33)
}

function digest (): string {
  return randomBytes(32).toString('base64url')
}

/** Nanoseconds of a find, at random; the best of five runs, because others on the machine can only lengthen one. */
async function timeFind (): Promise<number> {
  const runs: number[] = []
  for (let run = 0; run < 5; run++) {
    const order = Array.from({ length: asked }, () => idOf(Math.floor(Math.random() * kept)))
    const begun = process.hrtime.bigint()
    for (const id of order) await store.find(id)
    runs.push(Number(process.hrtime.bigint() - begun) / asked)
  }
  return Math.min(...runs)
}

for (const line of describeMachine()) console.log(line)
console.log(`a record is ${JSON.stringify(makeRecord(1)).length} characters of JSON\n`)
const empty = process.memoryUsage().rss
console.log(`${'logins'.padStart(9)}  ${'RSS'.padStart(7)}  ${'more than empty'.padStart(15)}  ${'heap'.padStart(7)}  ${'buffers'.padStart(7)}  find`)
for (const size of sizes) {
  for (; kept < size; kept++) {
    const record = makeRecord(kept)
    await store.create(record)
    await store.update({ ...record, version: 1 }, 0)
  }
  globalThis.gc?.()
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
  const find = await timeFind()
  console.log(`${size.toLocaleString('en').padStart(9)}  ${megabytes(rss)}  ${megabytes(rss - empty).padStart(15)}  ${megabytes(heapUsed)}  ${megabytes(arrayBuffers)}  ${Math.round(find)} ns`)
  if (rss > promised * 2 ** 20) process.exitCode = 1
}
console.log(`\npromised: under ${promised} MB (${process.exitCode === 1 ? 'not held' : 'held'})`)

function megabytes (bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`.padStart(7)
}
