/** Starts the site: `npm start`, with PORT, SECRET_KEY and DATA_FOLDER from the environment where they are set. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from './app.ts'
import { lock } from './lock.ts'
import { secretKey } from './secret-key.ts'
import { Users } from './users.ts'

const port = Number(process.env.PORT || 3000)
const folder = process.env.DATA_FOLDER || join(import.meta.dirname, 'data')

try {
  await mkdir(folder, { recursive: true })
  const unlock = await lock(folder)
  const key = await secretKey(folder)
  const app = await build({ key, users: await Users.open(join(folder, 'users')), log: true })
  app.addHook('onClose', unlock)

  const address = await app.listen({ host: '127.0.0.1', port })
  console.log(`The quickstart is at ${address} (Ctrl+C stops it)`)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => app.close())
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException
  console.error(code === 'EADDRINUSE' ? `Port ${port} is taken. Choose another one: PORT=${port + 1} npm start` : message)
  process.exit(1)
}
