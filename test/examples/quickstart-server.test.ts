/** What `npm start` promises whoever starts the quickstart. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('npm start', () => {
  let folder: string
  before(async () => { folder = await mkdtemp(join(tmpdir(), 'quickstart-')) })
  after(() => rm(folder, { recursive: true }))

  function start (port: number, environment: Record<string, string> = {}) {
    const server = spawn(process.execPath, ['--import', 'tsx', 'examples/quickstart/server.ts'], {
      cwd: root, env: { ...process.env, PORT: String(port), DATA_FOLDER: folder, SECRET_KEY: '', ...environment }
    })
    const output = { text: '' }
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => { output.text += chunk })
    return { server, output, exit: once(server, 'exit') }
  }

  test('says in a sentence that the port is taken, and which one to try', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { output, exit } = start(port)
    assert.equal((await exit)[0], 1)
    assert.equal(output.text, `Port ${port} is taken. Choose another one: PORT=${port + 1} npm start\n`)
    other.close()
  })

  const mistakes: Array<[variable: string, value: string, sentence: RegExp]> = [
    ['DATABASE_URL', 'postgres://ada:secret@127.0.0.1:1/site', /^The PostgreSQL that DATABASE_URL names cannot be used: .*ECONNREFUSED/],
    ['REDIS_URL', 'redis://:secret@127.0.0.1:1', /^The Redis that REDIS_URL names cannot be used: .*ECONNREFUSED/],
    ['SECRET_KEY', 'secret', /^SECRET_KEY has to be at least 32 bytes long/],
    ['PORT', 'http', /^PORT has to be a number from 0 to 65535, and is http/]
  ]
  for (const [variable, value, sentence] of mistakes) {
    test(`says in a sentence what is wrong with ${variable}, and no password`, async () => {
      const { output, exit } = start(0, { [variable]: value })
      assert.equal((await exit)[0], 1)
      assert.match(output.text, sentence)
      assert.doesNotMatch(output.text, /secret/)
      assert.equal(output.text.trim().split('\n').length, 1)
    })
  }

  test('prints the address, keeps its key to itself, and keeps a second server off its data', async () => {
    const first = start(0)
    await once(first.server.stdout, 'data')
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(first.output.text)?.[0]
    assert.ok(address, first.output.text)
    assert.equal((await fetch(address)).status, 200)
    assert.equal((await stat(join(folder, 'secret.key'))).mode & 0o777, 0o600)

    const second = start(0)
    assert.equal((await second.exit)[0], 1)
    assert.match(second.output.text, /The quickstart is running already/)

    first.server.kill('SIGTERM')
    assert.equal((await first.exit)[0], 0)
  })
})
