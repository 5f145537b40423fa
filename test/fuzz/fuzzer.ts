/**
 * A fuzzer: it draws hostile inputs and tries them on an application, many side by side.
 *
 * @module
 */
import { Random } from './random.ts'

export interface Fuzzer {
  readonly name: string
  open (): Promise<OpenedFuzzer>
}

export interface OpenedFuzzer {
  /** Draws an input, at once, and rejects if the application does with it what it must not. */
  readonly attempt: (random: Random) => Promise<unknown>
  /** Rejects if what is genuine is refused, too: then it shows nothing that the rest was. */
  readonly control: () => Promise<unknown>
  close (): Promise<unknown>
}

/** How many are under way at once. */
const sideBySide = 100

/** Tries so many inputs, and before and after them the genuine ones; all are drawn from the seed, in one order. Gives how many it tried. */
export async function fuzz ({ attempt, control }: OpenedFuzzer, seed: number, count: number): Promise<number> {
  const random = new Random(seed)
  let tried = 0
  await control()
  while (tried < count) {
    const batch = Array.from({ length: Math.min(sideBySide, count - tried) }, async () => await attempt(random))
    await Promise.all(batch)
    tried += batch.length
  }
  await control()
  return tried
}

/** A seed for what is new each time. */
export function freshSeed (): number {
  return Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31))
}
