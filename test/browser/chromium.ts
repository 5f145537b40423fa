/** Finds the Chromium of this machine, and opens it as somebody's own browser. */
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { BrowserContext } from 'playwright-core'

const usualPaths = [
  '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
]

/** Whatever CHROMIUM names counts as there: a path that leads nowhere must fail, and not skip. */
export const chromiumPath = process.env.CHROMIUM || usualPaths.find(existsSync)

const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'
]

/** Opens a browser that keeps its cookies in the folder: opened there again, it is the same one after a restart. */
export async function openBrowser (
  folder: string, baseURL: string, { javaScript = true } = {}
): Promise<BrowserContext> {
  const browser = await chromium.launchPersistentContext(folder, {
    executablePath: chromiumPath ?? '', args, baseURL, javaScriptEnabled: javaScript
  })
  browser.setDefaultTimeout(15_000)
  return browser
}
