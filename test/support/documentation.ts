/** The code in documentation: its blocks, and what the compiler says of them. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const root = join(import.meta.dirname, '../..')

export const readme = 'README.md'
/** The pages of docs written by hand: all but the reference, which is made of doc comments. */
export const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md') && !name.startsWith('api/')).sort().map((name) => `docs/${name}`)

export function textOf (file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** A block of TypeScript on a page, and the line that it begins on. */
export interface CodeBlock { page: string, line: number, code: string }

export function codeBlocks (page: string): CodeBlock[] {
  const text = textOf(page)
  return Array.from(text.matchAll(/^```ts\n([^]*?)^```$/gm), (match) => {
    return { page, line: text.slice(0, match.index).split('\n').length + 1, code: match[1]! }
  })
}

/** The examples in the doc comments of a file. */
export function exampleBlocks (file: string): CodeBlock[] {
  const text = textOf(file)
  return Array.from(text.matchAll(/^ *\* @example\n((?: *\*(?!\/)(?: (?!@).*)?\n)+)/gm), (match) => {
    return { page: file, line: text.slice(0, match.index).split('\n').length + 1, code: match[1]!.replace(/^ *\* ?/gm, '') }
  })
}

/** Types of packages that recipes are about and that are not installed here. */
const packages = join(root, 'test/support/packages.d.ts')

/** What the examples take for granted, beside what they import. */
const context = `
import 'fastify-login'
import type { FastifyInstance } from 'fastify'
declare global {
  interface User { id: string, name: string, isActive: boolean, passwordHash: string, rememberToken: string }
  const app: FastifyInstance
  const users: { find (id: string): Promise<User | null>, findByToken (token: string): Promise<User | null> }
  function checkPassword (body: unknown): Promise<User | null>
}
declare module 'fastify-login' { interface Register { user: User } }
`

const { options } = ts.parseJsonConfigFileContent({
  // What an application's own configuration may leave out is off: its example is not to blame for it.
  ...ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
  files: []
}, ts.sys, root, { noUnusedLocals: false, noUnusedParameters: false, exactOptionalPropertyTypes: false, moduleDetection: ts.ModuleDetectionKind.Force })

const parsed = new Map<string, ts.SourceFile | undefined>()

/**
 * What the compiler says of these blocks. A block that registers the application's types is a program of its own;
 * the others share one, with what the pages take for granted.
 */
export function complaints (blocks: CodeBlock[], given = context): string[] {
  const [alone, together] = [blocks.filter(registers), blocks.filter((block) => !registers(block))]
  return [
    ...compile([...together, { page: 'test/context.d', line: 0, code: given }]),
    ...alone.flatMap((block) => compile([block]))
  ]
}

function registers (block: CodeBlock): boolean {
  return block.code.includes('interface Register')
}

function compile (blocks: CodeBlock[]): string[] {
  const files = new Map(blocks.map((block) => [join(root, `${block.page.replace(/\.(?:md|ts)$/, '')}-${block.line}.ts`), block]))
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => files.has(path) || fileExists(path)
  host.readFile = (path) => files.get(path)?.code ?? readFile(path)
  host.getSourceFile = (path, languageVersion) => {
    const block = files.get(path)
    if (block !== undefined) return ts.createSourceFile(path, block.code, languageVersion, true)
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, languageVersion))
    return parsed.get(path)
  }
  const program = ts.createProgram([...files.keys(), packages], options, host)
  return Array.from(files).flatMap(([path, block]) => {
    const file = program.getSourceFile(path)!
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((diagnostic) => {
      const line = block.line + file.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line
      return `${block.page}:${line} ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`
    })
  })
}
