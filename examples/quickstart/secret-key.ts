/** Finds the key that logins are sealed with: the environment's, else one of its own that is kept on disk. */
import { hkdfSync, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Kept, since a new key at every start would log everybody out at every restart. */
export async function secretKey (folder: string): Promise<string> {
  const { SECRET_KEY: given } = process.env
  if (given && Buffer.byteLength(given) < 32) {
    throw new Error('SECRET_KEY has to be at least 32 bytes long. This makes one: openssl rand -base64 32')
  }
  if (given) return given
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
