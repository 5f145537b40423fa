/**
 * What the cases of the suite for stores work with: a store of their own, and records to keep in it.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import type { LoginRecord, LoginStore } from '../../index.ts'

/** What makes a store for one case: the store, or the store and what to do with it after. */
export type MakeStore = () => MadeStore | Promise<MadeStore>
/** An empty store, or one with what is to be done after its case. */
export type MadeStore = LoginStore | { store: LoginStore, close?: () => unknown }

/** How many calls race each other. */
export const racers = 20

/** More logins of one owner than a store may handle in one go. */
export const many = 450

/** A case: what a store promises, and how it is asked. */
export function promise (makeStore: MakeStore, title: string, ask: (store: LoginStore, context: TestContext) => Promise<void>): void {
  test(title, async (context) => {
    const made = await makeStore()
    const { store, close } = 'store' in made ? made : { store: made, close: undefined }
    try {
      await ask(store, context)
    } finally {
      await close?.()
    }
  })
}

export function now (): number {
  return Date.now() / 1000
}

export function randomOwner (): string {
  return randomBytes(16).toString('base64url').slice(0, 22)
}

/** A record such as the plugin makes, of a login that begins now and is kept for an hour. */
export function makeRecord (given: Partial<LoginRecord> = {}): LoginRecord {
  const at = now()
  return {
    id: randomBytes(25).toString('base64url').slice(0, 33),
    owner: randomOwner(),
    version: 0,
    begunAt: at,
    keepUntil: at + 3600,
    realm: '',
    userId: '1',
    secret: digest(),
    previousSecrets: [],
    provenAt: at,
    renewedAt: at,
    seenAt: at,
    expiresAt: at + 3600,
    fresh: true,
    stale: false,
    remembered: false,
    browser: digest(),
    stamp: null,
    userAgent: 'Mozilla/5.0',
    ip: '192.0.2.1',
    remember: null,
    data: null,
    ...given
  }
}

/** So many records of one owner. */
export function makeRecords (owner: string, count = racers, given: Partial<LoginRecord> = {}): LoginRecord[] {
  return Array.from({ length: count }, () => makeRecord({ ...given, owner }))
}

/** Keeps so many that a store may hold them in several pages, some at a time. */
export async function createMany (store: LoginStore, records: readonly LoginRecord[]): Promise<void> {
  for (let start = 0; start < records.length; start += racers) {
    await Promise.all(records.slice(start, start + racers).map((record) => store.create(record)))
  }
}

/** The record after an update. */
export function next (record: LoginRecord, given: Partial<LoginRecord> = {}): LoginRecord {
  return { ...record, version: record.version + 1, ...given }
}

export function digest (): string {
  return randomBytes(32).toString('base64url')
}

export function idsOf (records: readonly LoginRecord[]): string[] {
  return records.map(({ id }) => id).sort()
}

/** Stops `Date` until the end of the case, and moves it. */
export function stopClock ({ mock }: TestContext): { advance: (seconds: number) => void } {
  mock.timers.enable({ apis: ['Date'], now: Date.now() })
  return { advance: (seconds) => mock.timers.setTime(Date.now() + seconds * 1000) }
}
