/** Builds HTML with a tagged template that escapes whatever is put into it, unless it was built the same way. */
export class Html {
  readonly markup: string

  constructor (markup: string) {
    this.markup = markup
  }
}

type Part = Html | string | false | null | undefined | readonly Part[]

/** Nothing is shown for `false`, `null` and `undefined`. */
export function html (strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(String.raw({ raw: strings }, ...parts.map(render)))
}

function render (part: Part): string {
  if (part instanceof Html) return part.markup
  if (typeof part === 'object' && part !== null) return part.map(render).join('')
  return part ? part.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`) : ''
}

/** A whole page. The title is its heading, too. */
export function page (title: string, content: Html, navigation?: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title}</title>
  <link rel="icon" href="data:,">
  <style>
    body { max-width: 40rem; margin: 0 auto; padding: 1rem; font: 1.0625rem/1.6 system-ui, sans-serif; }
    nav, nav form { display: flex; gap: 1rem; align-items: center; }
    nav { padding-bottom: 1rem; border-bottom: 1px solid; }
    h1 { line-height: 1.2; }
    main form, main label { display: grid; gap: 1rem; justify-items: start; }
    main label { gap: .25rem; }
    input, button { padding: .4rem .8rem; font: inherit; }
  </style>
</head>
<body>
  ${navigation}
  <main>
    <h1>${title}</h1>
    ${content}
  </main>
</body>
</html>
`.markup
}
