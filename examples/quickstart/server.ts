/** Starts the site: `npm start`, with what README.md names from the environment where it is set. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from './app.ts'
import { lock } from './lock.ts'
import { secretKey } from './secret-key.ts'
import { openStorage } from './storage.ts'

const port = Number(process.env.PORT || 3000)
const folder = process.env.DATA_FOLDER || join(import.meta.dirname, 'data')
const { DATABASE_URL: url, REDIS_URL: redisUrl } = process.env

try {
  await mkdir(folder, { recursive: true })
  // Only the embedded database is one process's own.
  const unlock = url ? async () => {} : await lock(folder)
  const storage = await openStorage({ url, redisUrl, folder: join(folder, 'users') })
  const app = await build({ key: await secretKey(folder), storage, log: true })
  app.addHook('onClose', unlock)

  const address = await app.listen({ host: '127.0.0.1', port })
  console.log(`The quickstart is at ${address} (Ctrl+C stops it)`)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => app.close())
} catch (error) {
  console.error(explain(error as NodeJS.ErrnoException))
  process.exit(1)
}

function explain ({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return `Port ${port} is taken. Choose another one: PORT=${port + 1} npm start`
  if (code === 'ERR_SOCKET_BAD_PORT') return `PORT has to be a number from 0 to 65535, and is ${process.env.PORT}`
  return message || String(code)
}
