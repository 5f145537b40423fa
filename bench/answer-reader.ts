/** Finds where an HTTP answer ends, at the least cost to the processor that the server needs. */

const success = Buffer.from('HTTP/1.1 200 ', 'latin1')
const endOfHeaders = Buffer.from('\r\n\r\n', 'latin1')

/**
 * Gives the whole answer with the chunk that completes it, else null, and throws where it is not a 200. Answers are
 * mostly of one length, so one chunk of the length of the answer before is taken to be the next, unsearched.
 */
export function answerReader (): (chunk: Buffer) => Buffer | null {
  let usualLength = 0
  let parts: Buffer = Buffer.alloc(0)
  return (chunk) => {
    if (parts.length === 0 && chunk.length === usualLength && isSuccess(chunk)) return chunk
    const answer = parts.length === 0 ? chunk : Buffer.concat([parts, chunk])
    parts = answer
    const headersLength = answer.indexOf(endOfHeaders)
    if (headersLength === -1) return null
    if (!isSuccess(answer)) throw new Error(`Not a 200: ${answer.toString('latin1')}`)
    const length = headersLength + endOfHeaders.length + contentLength(answer.toString('latin1', 0, headersLength))
    if (answer.length < length) return null
    usualLength = length
    parts = Buffer.alloc(0)
    return answer
  }
}

function isSuccess (answer: Buffer): boolean {
  return success.compare(answer, 0, success.length) === 0
}

function contentLength (headers: string): number {
  const found = /\r\ncontent-length: (\d+)/i.exec(headers)
  if (!found) throw new Error(`An answer without Content-Length: ${headers}`)
  return Number(found[1])
}
