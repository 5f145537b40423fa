/** Keeps a second server out of a data folder: PGlite serves one process, and two would lose each other's rows. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Returns what unlocks the folder again. */
export async function lock (folder: string): Promise<() => Promise<void>> {
  const file = join(folder, 'server.pid')
  const holder = Number(await readFile(file, 'utf8').catch(() => ''))
  if (holder && holder !== process.pid && isRunning(holder)) {
    throw new Error(`The quickstart is running already, as process ${holder} (if it is not, delete ${file})`)
  }
  await writeFile(file, String(process.pid))
  return () => rm(file, { force: true })
}

function isRunning (pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
