/** The story of a login, played in a browser on the quickstart example. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import type { BrowserContext, Page } from 'playwright-core'
import { openQuickstart } from '../examples/open-quickstart.ts'
import { chromiumPath, openBrowser } from './chromium.ts'

const skip = chromiumPath ? false : 'there is no Chromium on this machine: install it, or name it in CHROMIUM'
const password = 'correct horse'

describe('in a browser', { skip }, () => {
  let app: FastifyInstance
  let address: string
  let folder: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quickstart-browser-'))
    app = (await openQuickstart(join(folder, 'users'))).app
    address = await app.listen({ host: '127.0.0.1', port: 0 })
  })
  after(async () => {
    await app.close()
    // A browser that is closing may still be writing.
    await rm(folder, { recursive: true, maxRetries: 5 })
  })

  async function open (context: TestContext, name: string, options?: { javaScript: boolean }): Promise<[BrowserContext, Page]> {
    const browser = await openBrowser(join(folder, name), address, options)
    context.after(() => browser.close())
    return [browser, browser.pages()[0] ?? await browser.newPage()]
  }

  test('the story of one login', async (story) => {
    let [browser, page] = await open(story, 'at home')

    await story.test('a guarded page sends a visitor to the login page, and says why', async () => {
      await page.goto('/')
      assert.equal(await page.title(), 'Home · Quickstart')
      await page.getByRole('link', { name: 'dashboard', exact: true }).click()
      assert.equal(await heading(page), 'Log in')
      assert.equal(await message(page), 'Please log in to access this page.')
    })

    await story.test('who registers is logged in, and where they wanted to go', async () => {
      await page.getByRole('link', { name: 'Create one' }).click()
      await register(page, 'Ada')
      assert.equal(await heading(page), 'Hello, Ada')
      assert.equal(await message(page), 'Welcome, Ada. Your account is ready.')
      await page.reload()
      assert.equal(await page.getByRole('status').count(), 0)
    })

    await story.test('they log out, and in again to be remembered', async () => {
      await page.getByRole('button', { name: 'Log out' }).click()
      assert.equal(await message(page), 'You are logged out.')
      await page.getByRole('navigation').getByRole('link', { name: 'Log in' }).click()
      await logIn(page, 'Ada', { remember: true })
      assert.equal(await heading(page), 'Hello, Ada')
      assert.match(await fact(page, 'Fresh'), /^Yes/)
    })

    await story.test('they come back remembered after the browser was closed', async () => {
      const kept = (await browser.cookies()).filter((cookie) => cookie.expires !== -1)
      await browser.close()
      ;[browser, page] = await open(story, 'at home')
      assert.deepEqual(names(await browser.cookies()), names(kept))
      await page.goto('/dashboard')
      assert.equal(await heading(page), 'Hello, Ada')
      assert.match(await fact(page, 'Remembered'), /^Yes/)
      assert.match(await fact(page, 'Fresh'), /^No/)
    })

    await story.test('being remembered is not enough for the settings: they give the password again', async () => {
      await page.getByRole('link', { name: 'Settings' }).click()
      assert.equal(await heading(page), 'Is it you, Ada?')
      assert.equal(await message(page), 'Please give your password again to access this page.')
      await confirm(page, 'a wrong one')
      assert.equal(await problemOf(page, 'Password'), 'Wrong password.')
      await confirm(page, password)
      assert.equal(await heading(page), 'Change your password')
    })

    await story.test('a new password logs the other browser out, and this one not', async (step) => {
      const [, elsewhere] = await open(step, 'at work')
      await elsewhere.goto('/login')
      await logIn(elsewhere, 'Ada', { remember: true })
      assert.equal(await heading(elsewhere), 'Hello, Ada')
      await page.getByLabel('New password', { exact: true }).fill('battery staple')
      await page.getByLabel('New password, once more').fill('battery staple')
      await page.getByRole('button', { name: 'Change password' }).click()
      assert.equal(await message(page), 'Your password is changed. Every other browser is logged out.')
      await elsewhere.reload()
      assert.equal(await heading(elsewhere), 'Log in')
      await page.getByRole('link', { name: 'Dashboard' }).click()
      assert.equal(await heading(page), 'Hello, Ada')
    })

    await story.test('after the log-out neither the back button nor a copy of the cookies shows the dashboard', async (step) => {
      const copy = await browser.cookies()
      await page.getByRole('button', { name: 'Log out' }).click()
      assert.equal(await message(page), 'You are logged out.')
      assert.equal(await page.getByText('Ada').count(), 0)
      await page.goBack()
      assert.equal(await heading(page), 'Log in')
      const [thief, elsewhere] = await open(step, 'of a thief')
      await thief.addCookies(copy)
      await elsewhere.goto('/dashboard')
      assert.equal(await heading(elsewhere), 'Log in')
    })
  })

  test('all of it works without JavaScript', async (context) => {
    const [, page] = await open(context, 'without scripts', { javaScript: false })
    await page.goto('/settings')
    assert.equal(await message(page), 'Please log in to access this page.')
    await page.getByRole('link', { name: 'Create one' }).click()
    await page.getByLabel('Password, once more').waitFor()
    await register(page, 'Grace', 'another one')
    assert.equal(await problemOf(page, 'Password, once more'), 'The two passwords are not the same.')
    assert.equal(await page.getByLabel('Name').inputValue(), 'Grace')
    assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '')
    await register(page, 'Grace')
    assert.equal(await heading(page), 'Change your password')
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.goto('/login')
    await logIn(page, 'Grace', { password: 'a wrong one', remember: true })
    assert.equal(await problemOf(page, 'Password'), 'Wrong name or password.')
    assert.equal(await page.getByLabel('Remember me').isChecked(), true)
    await logIn(page, 'Grace')
    assert.equal(await heading(page), 'Hello, Grace')
  })

  test('the keyboard is enough to log in and out', async (context) => {
    const [, page] = await open(context, 'keyboard')
    await page.goto('/register')
    await register(page, 'Hedy')
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.goto('/dashboard')

    await tabTo(page, 'Skip to the content')
    await page.keyboard.press('Enter')
    await tabTo(page, 'Name')
    await page.keyboard.type('Hedy')
    await tabTo(page, 'Password')
    await page.keyboard.type('a wrong one')
    await tabTo(page, 'Remember me for 30 days')
    await page.keyboard.press('Space')
    await tabTo(page, 'Log in')
    await page.keyboard.press('Enter')

    // The keyboard is put where the problem is, so that it goes on from there.
    await page.locator('input:focus').waitFor()
    assert.equal(await problemOf(page, 'Password'), 'Wrong name or password.')
    assert.equal(await focused(page), 'Password')
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Hello, Hedy' }).waitFor()
    assert.match(await fact(page, 'Remembered'), /^Yes/)

    for (const name of ['Skip to the content', 'Quickstart', 'Dashboard', 'Devices', 'Settings', 'Log out']) await tabTo(page, name)
    await page.keyboard.press('Enter')
    await page.getByText('You are logged out.').waitFor()
  })
})

async function register (page: Page, name: string, repeated = password): Promise<void> {
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByLabel('Password, once more').fill(repeated)
  await page.getByRole('button', { name: 'Create account' }).click()
}

async function logIn (page: Page, name: string, options: { password?: string, remember?: boolean } = {}): Promise<void> {
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password').fill(options.password ?? password)
  await page.getByLabel('Remember me').setChecked(options.remember ?? false)
  await page.getByRole('button', { name: 'Log in' }).click()
}

async function confirm (page: Page, given: string): Promise<void> {
  await page.getByLabel('Password').fill(given)
  await page.getByRole('button', { name: 'Continue' }).click()
}

function names (cookies: Array<{ name: string }>): string[] {
  return cookies.map((cookie) => cookie.name).sort()
}

function heading (page: Page): Promise<string> {
  return page.getByRole('heading', { level: 1 }).innerText()
}

function message (page: Page): Promise<string> {
  return page.getByRole('status').innerText()
}

/** What the dashboard says about the login. */
function fact (page: Page, term: string): Promise<string> {
  return page.locator('dl > div', { has: page.getByRole('term').filter({ hasText: term }) }).getByRole('definition').innerText()
}

/** What is read out with a field that is marked as wrong. */
async function problemOf (page: Page, label: string): Promise<string> {
  const field = page.getByLabel(label, { exact: true })
  assert.equal(await field.getAttribute('aria-invalid'), 'true')
  const description = (await field.getAttribute('aria-describedby'))?.split(' ').at(-1)
  return page.locator(`#${description}`).innerText()
}

/** Moves the keyboard one step on, which has to lead to the field, link or button of this name. */
async function tabTo (page: Page, name: string): Promise<void> {
  await page.keyboard.press('Tab')
  assert.equal(await focused(page), name)
}

function focused (page: Page): Promise<string> {
  return page.evaluate('(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()')
}
