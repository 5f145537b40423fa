/** What `npm run start:oidc` promises whoever starts it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

function start (port: number) {
  const server = spawn(process.execPath, ['--import', 'tsx', 'examples/oidc/server.ts'], { cwd: root, env: { ...process.env, PORT: String(port) } })
  const output = { text: '' }
  // What the provider thinks of the runtime goes to standard error.
  server.stdout.on('data', (chunk) => { output.text += chunk })
  server.stderr.on('data', (chunk) => { output.text += chunk })
  return { server, output, exit: once(server, 'exit') }
}

async function until (output: { text: string }, words: RegExp): Promise<string> {
  for (let turn = 0; turn < 600; turn++) {
    if (words.test(output.text)) return output.text
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`It said: ${output.text}`)
}

test('one command starts the site and its provider, and Ctrl+C stops both', async () => {
  const [port] = await freePorts()
  const { server, output, exit } = start(port)
  await until(output, /The site is at/)
  const front = await fetch(`http://127.0.0.1:${port}/`)
  assert.match(await front.text(), /Log in/)
  const document = await fetch(`http://127.0.0.1:${port + 1}/.well-known/openid-configuration`)
  assert.equal((await document.json() as { issuer: string }).issuer, `http://127.0.0.1:${port + 1}`)
  const api = await fetch(`http://127.0.0.1:${port + 1}/api/v1/users/1`)
  assert.equal(api.status, 401)
  server.kill('SIGINT')
  assert.equal((await exit)[0], 0)
})

test('it says in a sentence that a port is taken, and which one to try', async () => {
  const [port, close] = await freePorts(true)
  const { output, exit } = start(port)
  assert.equal((await exit)[0], 1)
  assert.match(output.text, new RegExp(`Port ${port} or ${port + 1} is taken\\. Choose others: PORT=${port + 10} npm run start:oidc`))
  close()
})

/** Two ports that follow each other; the first is held where asked. */
async function freePorts (hold = false): Promise<[number, () => void]> {
  for (;;) {
    const first = createServer().listen(0, '127.0.0.1')
    await once(first, 'listening')
    const { port } = first.address() as AddressInfo
    const second = createServer()
    const free = await new Promise<boolean>((resolve) => second.once('error', () => resolve(false)).listen(port + 1, '127.0.0.1', () => resolve(true)))
    second.close()
    if (free && hold) return [port, () => first.close()]
    await new Promise((resolve) => first.close(resolve))
    if (free) return [port, () => {}]
  }
}
