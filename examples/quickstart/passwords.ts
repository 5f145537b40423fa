/** Hashes passwords with scrypt, and checks them in the same time whether or not there is a hash to check. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** OWASP's recommendation for 32 MiB of memory: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 }
const length = 32

export async function hashPassword (password: string): Promise<string> {
  const salt = randomBytes(16)
  return encode(salt, await derive(password, salt))
}

/**
 * Without a hash the answer is no, after the same work: the time an answer takes must not tell which names exist.
 */
export async function checkPassword (password: string, hash: string = hashOfNobody): Promise<boolean> {
  const [salt, expected] = hash.split('.').map((part) => Buffer.from(part, 'base64url'))
  if (!salt || !expected) throw new Error('This is not a password hash')
  return timingSafeEqual(await derive(password, salt), expected)
}

const hashOfNobody = encode(randomBytes(16), randomBytes(length))

function encode (salt: Buffer, key: Buffer): string {
  return `${salt.toString('base64url')}.${key.toString('base64url')}`
}

function derive (password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // One keyboard types "é" as one character, another as two: NFKC makes them the same password.
    scrypt(password.normalize('NFKC'), salt, length, cost, (error, key) => error ? reject(error) : resolve(key))
  })
}
