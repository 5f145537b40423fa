/** Builds HTML with a tagged template that escapes whatever is put into it, unless it was built the same way. */
export class Html {
  readonly markup: string

  constructor (markup: string) {
    this.markup = markup
  }
}

type Part = Html | string | number | boolean | null | undefined | readonly Part[]

/** Nothing is shown for `false`, `null` and `undefined`, so that `${condition && html`…`}` reads as it works. */
export function html (strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(String.raw({ raw: strings }, ...parts.map(render)))
}

function render (part: Part): string {
  if (part instanceof Html) return part.markup
  if (Array.isArray(part)) return part.map(render).join('')
  return part === null || part === undefined || typeof part === 'boolean' ? '' : escape(String(part))
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escape (text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
