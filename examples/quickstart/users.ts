/** Keeps the users in PostgreSQL: PGlite, which runs inside this process and keeps its files in a folder. */
import { randomUUID } from 'node:crypto'
import { PGlite } from '@electric-sql/pglite'

export interface User {
  id: string
  name: string
  passwordHash: string
}

declare module 'fastify-login' {
  interface Register { user: User }
}

const columns = 'id, name, password_hash as "passwordHash"'

export class Users {
  readonly #database: PGlite

  private constructor (database: PGlite) {
    this.#database = database
  }

  /** Without a folder the users live in memory, and are gone with the process. */
  static async open (folder?: string): Promise<Users> {
    const database = await PGlite.create(folder ?? 'memory://')
    await database.exec(`
      create table if not exists users (
        id text primary key,
        name text not null,
        handle text not null unique,
        password_hash text not null
      )`)
    return new Users(database)
  }

  find (id: string): Promise<User | null> {
    return this.#first(`select ${columns} from users where id = $1`, [id])
  }

  findByName (name: string): Promise<User | null> {
    return this.#first(`select ${columns} from users where handle = $1`, [handle(name)])
  }

  /** Null: the name is taken. The database decides, so that two registrations at once cannot both have it. */
  add (name: string, passwordHash: string): Promise<User | null> {
    return this.#first(`
      insert into users (id, name, handle, password_hash) values ($1, $2, $3, $4)
      on conflict (handle) do nothing returning ${columns}`, [randomUUID(), name, handle(name), passwordHash])
  }

  async changePassword (user: User, passwordHash: string): Promise<User> {
    await this.#database.query('update users set password_hash = $1 where id = $2', [passwordHash, user.id])
    return { ...user, passwordHash }
  }

  close (): Promise<void> {
    return this.#database.close()
  }

  async #first (query: string, values: string[]): Promise<User | null> {
    const { rows } = await this.#database.query<User>(query, values)
    return rows[0] ?? null
  }
}

/** What makes a name unique: "ADA" and "Ada" are one user. */
function handle (name: string): string {
  return name.normalize('NFKC').toLowerCase()
}
