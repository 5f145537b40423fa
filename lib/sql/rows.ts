/**
 * Writes records as rows, and reads them again.
 *
 * @module
 */
import { hash } from 'node:crypto'
import type { LoginRecord } from '../index.ts'
import type { LoginRow } from './tables.ts'

/** What an id or owner is kept as: 64 hexadecimal digits, whatever it is. */
export function keyOf (text: string): string {
  return hash('sha256', text)
}

export function rowOf (login: LoginRecord): LoginRow {
  const { id, owner, version, begunAt, keepUntil } = login
  return { id: keyOf(id), owner: keyOf(owner), version, begun_at: begunAt, keep_until: keepUntil, record: asciiJson(login) }
}

export function recordOf ({ record }: Pick<LoginRow, 'record'>): LoginRecord {
  return JSON.parse(record) as LoginRecord
}

/** JSON that a database of any character set keeps as it is. */
function asciiJson (value: unknown): string {
  return JSON.stringify(value).replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
