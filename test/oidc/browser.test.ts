/** The tutorial's story, played in a browser on the example and the provider beside it. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { chromiumPath, openBrowser } from '../browser/chromium.ts'
import { openExample, type Example } from './support/open-example.ts'

const skip = chromiumPath ? false : 'there is no Chromium on this machine: install it, or name it in CHROMIUM'

describe('in a browser, with a provider beside the site', { skip }, () => {
  let example: Example
  let folder: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oidc-browser-'))
    example = await openExample()
  })
  after(async () => {
    await example.close()
    // A browser that is closing may still be writing.
    await rm(folder, { recursive: true, maxRetries: 5 })
  })

  async function open (context: TestContext, name: string, options?: { javaScript: boolean }): Promise<[BrowserContext, Page]> {
    const browser = await openBrowser(join(folder, name), example.baseUrl, options)
    context.after(() => browser.close())
    return [browser, browser.pages()[0] ?? await browser.newPage()]
  }

  test('the story of the tutorial', async (story) => {
    const [browser, page] = await open(story, 'at home')

    await story.test('the front page is for everybody, and offers to log in or register', async () => {
      await page.goto('/')
      assert.equal(await heading(page), 'Home')
      assert.deepEqual(await links(page), ['Home', 'Log in', 'Register'])
    })

    await story.test('the dashboard sends a visitor to the provider, and who logs in there is where they wanted to go', async () => {
      await page.goto('/dashboard')
      assert.ok(page.url().startsWith(example.issuer))
      assert.equal(await heading(page), 'Log in at the provider')
      await continueAs(page, 'Nobody')
      assert.equal(await page.getByRole('alert').innerText(), 'There is no account of that name.')
      await continueAs(page, 'Ada')
      assert.equal(page.url(), `${example.baseUrl}/dashboard`)
      assert.match(await page.getByRole('main').innerText(), /Welcome, Ada! Your address is ada@example\.org/)
      assert.deepEqual(await links(page), ['Home', 'Dashboard'])
    })

    await story.test('nothing of the way there is left', async () => {
      const names = (await browser.cookies(example.baseUrl)).map(({ name }) => name).sort()
      assert.deepEqual(names, ['login', 'oidc_login', 'oidc_rounds'])
    })

    await story.test('two tabs that log in at the same time both finish', async () => {
      await browser.clearCookies()
      const other = await browser.newPage()
      await Promise.all([page.goto('/dashboard'), other.goto('/secret')])
      await continueAs(page, 'Ada')
      assert.equal(await heading(page), 'Dashboard')
      await continueAs(other, 'Ada')
      assert.equal(await heading(other), 'Secret')
      await other.close()
    })

    await story.test('who logs out is out here and at the provider', async () => {
      await page.getByRole('button', { name: 'Log out' }).click()
      assert.ok(page.url().startsWith(example.issuer))
      await page.getByRole('button', { name: 'Yes, log me out' }).click()
      assert.equal(page.url(), `${example.baseUrl}/`)
      assert.deepEqual(await links(page), ['Home', 'Log in', 'Register'])
      await page.goto('/dashboard')
      assert.equal(await heading(page), 'Log in at the provider')
    })

    await story.test('who registers at the provider is logged in', async () => {
      await page.goto('/')
      await page.getByRole('link', { name: 'Register' }).click()
      assert.equal(await heading(page), 'Create an account')
      await page.getByLabel('Your name').fill('Grace')
      await page.getByRole('button', { name: 'Create account' }).click()
      assert.equal(page.url(), `${example.baseUrl}/dashboard`)
      assert.match(await page.getByRole('main').innerText(), /Welcome, Grace!/)
    })

    await story.test('the Back button leads to no error, and no cookie can be read by a script', async () => {
      await page.goBack()
      await page.goto('/dashboard')
      assert.equal(await heading(page), 'Dashboard')
      assert.equal(await page.evaluate('document.cookie'), '')
    })
  })

  test('who cancels, or comes from nowhere, gets a page that leads on', async (context) => {
    const [, page] = await open(context, 'astray')
    await page.goto('/oidc/callback?code=1&state=1&error_description=<b>hello</b>')
    assert.equal(await heading(page), 'Please log in again')
    await page.getByRole('link', { name: 'Log in' }).click()
    assert.equal(await heading(page), 'Log in at the provider')
  })

  test('all of it works without JavaScript', async (context) => {
    const [, page] = await open(context, 'without scripts', { javaScript: false })
    await page.goto('/dashboard')
    await continueAs(page, 'Ada')
    assert.equal(await heading(page), 'Dashboard')
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('button', { name: 'Yes, log me out' }).click()
    assert.deepEqual(await links(page), ['Home', 'Log in', 'Register'])
  })
})

async function continueAs (page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Continue' }).click()
}

function heading (page: Page): Promise<string> {
  return page.getByRole('heading', { level: 1 }).innerText()
}

function links (page: Page): Promise<string[]> {
  return page.getByRole('navigation').getByRole('link').allInnerTexts()
}
