/**
 * Does again what a database gave up for the sake of another transaction: nothing of it has happened.
 *
 * @module
 */
import { setTimeout } from 'node:timers/promises'

/** Serialization failure and deadlock, as PostgreSQL, MySQL, MariaDB and SQLite name them. */
const givenUp = new Set(['40001', '40P01', 'ER_LOCK_DEADLOCK', 'ER_CHECKREAD', 'SQLITE_BUSY'])

const tries = 10

export async function retried<Answer> (run: () => Promise<Answer>): Promise<Answer> {
  for (let tried = 1; ; tried++) {
    try {
      return await run()
    } catch (error) {
      const { code } = error as { code?: unknown }
      if (tried === tries || typeof code !== 'string' || !givenUp.has(code)) throw error
      // Those that hindered each other must not meet again.
      await setTimeout(Math.random() * 2 ** tried)
    }
  }
}
