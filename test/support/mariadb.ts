/**
 * A throw-away MariaDB for tests: data of its own, an account without a password, and a port of this machine only.
 *
 * @module
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { programPath, serverAccount, skipWithout, startServer, type ThrowAwayServer } from './servers.ts'

const execute = promisify(execFile)

/** Debian puts the server where only root looks for programs. */
const mariadbd = programPath('mariadbd', ['/usr/sbin'])
const install = programPath('mariadb-install-db', ['/usr/bin'])

/** Why a suite on MariaDB is skipped; false where it runs. */
export const skipMariadb = skipWithout('MariaDB', mariadbd === null || install === null ? null : mariadbd)

export async function startMariadb (): Promise<ThrowAwayServer> {
  const account = await serverAccount('mysql')
  const data = (folder: string) => join(folder, 'data')
  return await startServer({
    url: (port) => `mysql://root@127.0.0.1:${port}/test`,
    command: (port, folder) => [
      mariadbd ?? 'mariadbd', '--no-defaults', `--datadir=${data(folder)}`, `--port=${port}`, '--bind-address=127.0.0.1',
      `--socket=${join(folder, 'socket')}`, '--skip-name-resolve', '--innodb-flush-log-at-trx-commit=0', '--max-connections=200'
    ],
    readyWith: /ready for connections/,
    prepare: async (folder) => {
      await execute(install ?? 'mariadb-install-db', ['--no-defaults', `--datadir=${data(folder)}`, '--auth-root-authentication-method=normal'], { cwd: folder, ...account })
    },
    ...account === undefined ? {} : { account }
  })
}
