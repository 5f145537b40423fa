/** What recipes take from packages that are not installed here, no more: so that their code is compiled all the same. */

declare module 'ejs' {
  const ejs: { render (template: string, data?: object): string }
  export default ejs
}

declare module '@prisma/client' {
  interface Account { id: number, name: string, isActive: boolean, passwordHash: string }
  export class PrismaClient {
    readonly user: {
      findUnique (query: { where: { id: number }, select: Record<keyof Account, true> }): Promise<Account | null>
    }

    $disconnect (): Promise<void>
  }
}

declare module 'drizzle-orm' {
  export interface Condition { readonly condition: unknown }
  export interface Column<Value> {
    readonly value: Value
    notNull (): Column<NonNullable<Value>>
    primaryKey (): Column<NonNullable<Value>>
  }
  export function eq<Value> (column: Column<Value>, value: Value): Condition
}

declare module 'drizzle-orm/pg-core' {
  import type { Column } from 'drizzle-orm'

  export interface Table<Row> { readonly $inferSelect: Row }
  export function uuid (name: string): Column<string | null>
  export function text (name: string): Column<string | null>
  export function boolean (name: string): Column<boolean | null>
  export function pgTable<Columns extends Record<string, Column<unknown>>> (
    name: string, columns: Columns
  ): Columns & Table<{ [Name in keyof Columns]: Columns[Name]['value'] }>
}

declare module 'drizzle-orm/node-postgres' {
  import type { Condition } from 'drizzle-orm'
  import type { Table } from 'drizzle-orm/pg-core'

  interface Rows<Row> { where (condition: Condition): { limit (count: number): Promise<Row[]> } }
  export function drizzle (url: string): { select (): { from<Row> (table: Table<Row>): Rows<Row> } }
}

declare module '@fastify/passport' {
  import type { preValidationAsyncHookHandler } from 'fastify'

  module 'fastify' {
    interface FastifyRequest { user?: { id: unknown } | null }
  }
  const passport: {
    authenticate (strategy: string, options: { session: boolean, failureRedirect?: string }): preValidationAsyncHookHandler
  }
  export default passport
}
