import { after, describe, test } from 'node:test'
import { codeBlocks, pages } from './support/documentation.ts'
import { Programs } from './support/program.ts'

const programs = new Programs()
after(() => programs.close())

/** What a block needs that is not here, and where it is run instead. */
const elsewhere = [
  { needs: /from '(?:ioredis|pg)'/, runs: 'with servers, in test/stores' },
  { needs: /client_secrets\.json|work\.json/, runs: 'with a provider, in test/oidc' },
  { needs: /testLoginStore/, runs: 'by test/stores' },
  { needs: /strangers reach/, runs: 'with the application of its page, in test/docs-recipes.test.ts' }
]

for (const page of pages) {
  describe(`the code of ${page}`, () => {
    for (const block of codeBlocks(page).filter(({ code }) => !elsewhere.some(({ needs }) => needs.test(code)))) {
      test(`runs, and its application boots (line ${block.line})`, async () => {
        await programs.run(block)
      })
    }
  })
}
