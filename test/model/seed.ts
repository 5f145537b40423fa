/**
 * Which sequences are drawn, and how many: `MODEL_SEED` and `MODEL_RUNS` bring back those of an earlier run.
 *
 * @module
 */
export const fixedSeed = 20_260_101

/** A seed for sequences that are new each time. */
export function freshSeed (): number {
  return Number(process.env.MODEL_SEED ?? Math.floor(Math.random() * 2 ** 31))
}

/** How many sequences are drawn where so many usually are. */
export function runsOf (usual: number): number {
  return Number(process.env.MODEL_RUNS ?? usual)
}

/** What to set in order to run these sequences again. */
export function again (seed: number, runs: number): string {
  return `MODEL_SEED=${seed} MODEL_RUNS=${runs}`
}
