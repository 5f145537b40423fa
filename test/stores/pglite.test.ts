import { after, describe } from 'node:test'
import { testLoginStore } from 'fastify-login/testing'
import { createPGlite } from '../support/pglite.ts'
import { freshTable } from '../support/sql.ts'

describe('on PGlite', () => {
  const db = createPGlite()
  after(() => db.destroy())

  testLoginStore('SqlStore', () => freshTable(db))
})
