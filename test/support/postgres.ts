/**
 * A throw-away PostgreSQL for tests: a cluster of its own, without a password, that listens on this machine only.
 *
 * @module
 */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { programPath, serverAccount, skipWithout, startServer, type ThrowAwayServer } from './servers.ts'

const execute = promisify(execFile)

/** Where Debian puts the binaries, the newest version first. */
const debian = '/usr/lib/postgresql'
const folders = existsSync(debian) ? readdirSync(debian).sort((one, other) => Number(other) - Number(one)).map((version) => join(debian, version, 'bin')) : []
const initdb = programPath('initdb', folders)

/** Why a suite on PostgreSQL is skipped; false where it runs. */
export const skipPostgres = skipWithout('PostgreSQL', initdb)

export async function startPostgres (): Promise<ThrowAwayServer> {
  const account = await serverAccount('postgres')
  const program = initdb ?? 'initdb'
  return await startServer({
    url: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
    command: (port, folder) => [
      join(program, '../postgres'), '-D', folder, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'max_connections=200'
    ],
    readyWith: /ready to accept connections/,
    prepare: async (folder) => {
      await execute(program, ['-D', folder, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'], { cwd: folder, ...account })
    },
    ...account === undefined ? {} : { account }
  })
}
