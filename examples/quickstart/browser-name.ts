/** Says in words what browser a user agent names: enough for people to know their own devices again. */

/** In this order: Edge and Opera also call themselves Chrome, and Chrome also calls itself Safari. */
const browsers: ReadonlyArray<[name: string, sign: RegExp]> = [
  ['Edge', /\bEdg(?:A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS)\//],
  ['Safari', /\bVersion\/.*Safari\//]
]

/** Phones first: Android also calls itself Linux, and an iPhone says that it is like Mac OS X. */
const systems: ReadonlyArray<[name: string, sign: RegExp]> = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/]
]

export function browserName (userAgent: string): string {
  const browser = nameIn(browsers, userAgent) ?? 'Unknown browser'
  const system = nameIn(systems, userAgent)
  return system === undefined ? browser : `${browser} on ${system}`
}

function nameIn (names: typeof browsers, userAgent: string): string | undefined {
  return names.find(([, sign]) => sign.test(userAgent))?.[0]
}
