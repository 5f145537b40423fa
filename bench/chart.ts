/** Draws the scaling lines as an SVG: a panel for each thing that grows, the same height of cost in all. */

import { thousands } from './report.ts'
import type { MeasuredLine } from './scaling.ts'

const panel = { width: 340, height: 190, left: 44, top: 34, right: 16, bottom: 30 }
const columns = 2
const colours: Record<string, string> = { bare: '#8a8f98', login: '#0b6bcb' }
const names: Record<string, string> = { bare: 'bare Fastify', login: 'fastify-login' }

export function drawLines (measured: readonly MeasuredLine[]): string {
  const titles = [...new Set(measured.map(({ line }) => line.title))]
  const highest = Math.max(...measured.flatMap(({ points }) => points.map(({ cost }) => cost.max)))
  const top = Math.ceil(highest / 10) * 10
  const panels = titles.map((title, index) => {
    const x = (index % columns) * panel.width
    const y = Math.floor(index / columns) * panel.height
    return `<g transform="translate(${x} ${y})">${drawPanel(title, measured.filter(({ line }) => line.title === title), top)}</g>`
  })
  const width = panel.width * columns
  const height = panel.height * Math.ceil(titles.length / columns) + 26
  const legend = Object.entries(names).map(([name, text], index) =>
    `<circle cx="${panel.left + index * 130}" cy="${height - 12}" r="4" fill="${colours[name]}"/>` +
    `<text x="${panel.left + 10 + index * 130}" y="${height - 8}">${text}</text>`)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="#3a3f47" role="img">`,
    '<title>Server CPU per guarded page, in microseconds, while something else grows</title>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...panels, ...legend, '</svg>\n'
  ].join('\n')
}

function drawPanel (title: string, measured: readonly MeasuredLine[], top: number): string {
  const { width, height, left, right, bottom } = panel
  const xOf = (index: number, count: number): number => left + 22 + (width - left - right - 44) * index / Math.max(count - 1, 1)
  const yOf = (cost: number): number => height - bottom - (height - bottom - panel.top) * cost / top
  const grid = [0, top / 2, top].map((cost) =>
    `<line x1="${left}" x2="${width - right}" y1="${yOf(cost)}" y2="${yOf(cost)}" stroke="#e3e6ea"/>` +
    `<text x="${left - 6}" y="${yOf(cost) + 4}" text-anchor="end">${cost}${cost === top ? ' µs' : ''}</text>`)
  const labels = (measured[0]?.points ?? []).map(({ at }, index, all) =>
    `<text x="${xOf(index, all.length)}" y="${height - bottom + 16}" text-anchor="middle">${thousands(at)}</text>`)
  const drawn = measured.map(({ contender, points }) => {
    const colour = colours[contender]
    const path = points.map(({ cost }, index) => `${xOf(index, points.length)},${yOf(cost.median).toFixed(1)}`).join(' ')
    const marks = points.map(({ cost }, index) => {
      const x = xOf(index, points.length)
      return `<line x1="${x}" x2="${x}" y1="${yOf(cost.min).toFixed(1)}" y2="${yOf(cost.max).toFixed(1)}" stroke="${colour}" opacity="0.45" stroke-width="3"/>` +
        `<circle cx="${x}" cy="${yOf(cost.median).toFixed(1)}" r="3.5" fill="${colour}"/>`
    })
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${marks.join('')}`
  })
  return [`<text x="${left}" y="${panel.top - 14}" font-weight="bold">${title}</text>`, ...grid, ...labels, ...drawn].join('')
}
