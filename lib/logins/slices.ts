/**
 * Works through long lists a slice at a time, so that one user with thousands of logins does not hold up everybody.
 *
 * @module
 */
import { setImmediate } from 'node:timers/promises'

/** How many records are handled before the event loop gets a turn: about a millisecond of work. */
export const sliceSize = 100

/** How many records are put in their order, by comparing two lists, before the event loop gets a turn. */
const mergedPerTurn = 1000

/** Orders two items: below 0 where the first comes first. */
type Compare<Item> = (one: Item, other: Item) => number

/** Resolves once the event loop has had a turn, in which other requests go on. */
export async function nextTurn (): Promise<void> {
  await setImmediate()
}

/** Hands a list over slice by slice. The first slice is handed over at once, so a short list takes no turn. */
export async function forEachSlice<Item> (
  items: readonly Item[], handle: (slice: readonly Item[]) => unknown
): Promise<void> {
  for (let start = 0; start < items.length; start += sliceSize) {
    if (start > 0) await nextTurn()
    await handle(items.slice(start, start + sliceSize))
  }
}

/**
 * Does something with each item, those of a slice side by side. Where one fails, those beside it are waited for before
 * this rejects, so that nothing still happens afterwards.
 */
export async function inSlices<Item> (items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  await forEachSlice(items, async (slice) => {
    const results = await Promise.allSettled(slice.map(work))
    const failed = results.find(({ status }) => status === 'rejected')
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason
  })
}

/** Sorts a list: slice by slice, and then two sorted lists into one until one is left. */
export async function sortInSlices<Item> (items: readonly Item[], compare: Compare<Item>): Promise<Item[]> {
  let sorted: Item[][] = []
  await forEachSlice(items, (slice) => { sorted.push([...slice].sort(compare)) })
  while (sorted.length > 1) {
    const merged: Item[][] = []
    for (let pair = 0; pair < sorted.length; pair += 2) {
      merged.push(await merge(sorted[pair] as Item[], sorted[pair + 1] ?? [], compare))
    }
    sorted = merged
  }
  return sorted[0] ?? []
}

async function merge<Item> (one: readonly Item[], other: readonly Item[], compare: Compare<Item>): Promise<Item[]> {
  const merged: Item[] = []
  let [ofOne, ofOther] = [0, 0]
  while (ofOne < one.length || ofOther < other.length) {
    const otherEnded = ofOther === other.length
    const takesOne = otherEnded || (ofOne < one.length && compare(one[ofOne] as Item, other[ofOther] as Item) <= 0)
    merged.push((takesOne ? one[ofOne++] : other[ofOther++]) as Item)
    if (merged.length % mergedPerTurn === 0) await nextTurn()
  }
  return merged
}
