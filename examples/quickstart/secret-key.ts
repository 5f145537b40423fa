/** Finds the key that logins are sealed with: the environment's, else one of its own that is kept on disk. */
import { hkdfSync, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Kept, since a new key at every start would log everybody out at every restart. */
export async function secretKey (folder: string): Promise<string> {
  if (process.env.SECRET_KEY) return process.env.SECRET_KEY
  const file = join(folder, 'secret.key')
  const fresh = randomBytes(32).toString('base64url')
  await writeFile(file, fresh, { mode: 0o600, flag: 'wx' }).catch(ignoreExisting)
  return readFile(file, 'utf8')
}

/** A key for one purpose: what is sealed for one can never be opened by another. */
export function deriveKey (key: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `quickstart/${purpose}`, 32))
}

function ignoreExisting (error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
