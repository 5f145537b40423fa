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
  close (): Promise<unknown>
}

/** How many are under way at once. */
const sideBySide = 100

/** Tries so many inputs; all are drawn from the seed, in one order. */
export async function fuzz ({ attempt }: OpenedFuzzer, seed: number, count: number): Promise<void> {
  const random = new Random(seed)
  for (let done = 0; done < count; done += sideBySide) {
    const batch = Array.from({ length: Math.min(sideBySide, count - done) }, async () => await attempt(random))
    await Promise.all(batch)
  }
}

/** A seed for what is new each time. */
export function freshSeed (): number {
  return Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31))
}
