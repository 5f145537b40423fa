/** Keeps the users in PostgreSQL. */
import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'

export interface User {
  id: string
  name: string
  passwordHash: string
}

declare module 'fastify-login' {
  interface Register { user: User }
}

/** The tables that the users are kept in. */
export interface Tables {
  users: { id: string, name: string, handle: string, password_hash: string }
}

const columns = ['id', 'name', 'password_hash as passwordHash'] as const

export class Users {
  readonly #database: Kysely<Tables>

  private constructor (database: Kysely<Tables>) {
    this.#database = database
  }

  static async open (database: Kysely<Tables>): Promise<Users> {
    await database.schema.createTable('users').ifNotExists()
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('handle', 'text', (column) => column.notNull().unique())
      .addColumn('password_hash', 'text', (column) => column.notNull())
      .execute()
    return new Users(database)
  }

  async find (id: string): Promise<User | null> {
    return await this.#all().where('id', '=', id).executeTakeFirst() ?? null
  }

  async findByName (name: string): Promise<User | null> {
    return await this.#all().where('handle', '=', handle(name)).executeTakeFirst() ?? null
  }

  /** Null: the name is taken. The database decides, so that two registrations at once cannot both have it. */
  async add (name: string, passwordHash: string): Promise<User | null> {
    return await this.#database.insertInto('users')
      .values({ id: randomUUID(), name, handle: handle(name), password_hash: passwordHash })
      .onConflict((conflict) => conflict.column('handle').doNothing())
      .returning(columns).executeTakeFirst() ?? null
  }

  async changePassword (user: User, passwordHash: string): Promise<User> {
    await this.#database.updateTable('users').set({ password_hash: passwordHash }).where('id', '=', user.id).execute()
    return { ...user, passwordHash }
  }

  #all () {
    return this.#database.selectFrom('users').select(columns)
  }
}

/** What makes a name unique: "ADA" and "Ada" are one user. */
function handle (name: string): string {
  return name.normalize('NFKC').toLowerCase()
}
