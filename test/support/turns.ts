/**
 * Counts the turns of the event loop that others get while something goes on.
 *
 * @module
 */
export async function turnsDuring<Result> (act: () => Promise<Result>): Promise<{ turns: number, result: Result }> {
  let turns = 0
  let goesOn = true
  const count = () => {
    turns++
    if (goesOn) setImmediate(count)
  }
  setImmediate(count)
  try {
    const result = await act()
    return { turns, result }
  } finally {
    goesOn = false
  }
}
