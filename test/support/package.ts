/** The package as it would be published: built and packed in a folder of its own. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

export interface Packed {
  /** The tarball. */
  readonly tarball: string
  /** What `npm pack` says it holds. */
  readonly files: readonly string[]
  /** The folder that it was unpacked into. */
  readonly unpacked: string
}

/** A folder that is gone when the process ends. */
export function temporaryFolder (name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `fastify-login-${name}-`))
  process.on('exit', () => { rmSync(folder, { recursive: true, force: true }) })
  return folder
}

/** Builds beside `dist`, which somebody may be using. */
export function pack (): Packed {
  const folder = temporaryFolder('package')
  const beside = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs', 'lib', 'test', 'tsconfig.json']
  for (const name of beside) cpSync(join(root, name), join(folder, name), { recursive: true })
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')])
  const [{ filename, files }] = JSON.parse(npm(folder, 'pack', '--json', '--ignore-scripts')) as [{ filename: string, files: Array<{ path: string }> }]
  const tarball = join(folder, filename)
  mkdirSync(join(folder, 'unpacked'))
  execFileSync('tar', ['-xzf', tarball, '-C', join(folder, 'unpacked')])
  return { tarball, files: files.map(({ path }) => path).sort(), unpacked: join(folder, 'unpacked/package') }
}

export function npm (folder: string, ...words: string[]): string {
  return execFileSync('npm', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
