import { fileURLToPath } from 'node:url'
import PDFDocument from 'pdfkit'
import type { InvoiceFacts, LineFacts } from './invoice-facts.ts'

/** Points, of which a millimetre has 2.83. */
const margin = 56
const right = 595.28 - margin
const width = right - margin
const bottom = 841.89 - margin - 24

const ink = '#1a1f36'
const muted = '#5b6478'
const rule = '#d5dbe6'
const accents = { good: '#0b6e3f', waiting: '#8a5a00', bad: '#b3261e', quiet: '#5b6478' }

/** Liberally licensed, and with the letters and currency signs of most of the world, which PDF's own fonts lack. */
const fonts = {
  regular: fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')),
  bold: fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf')),
}

const columns = [
  { title: 'Description', x: margin, width: width - 250, align: 'left' },
  { title: 'Quantity', x: right - 240, width: 60, align: 'right' },
  { title: 'Unit price', x: right - 170, width: 80, align: 'right' },
  { title: 'Amount', x: right - 80, width: 80, align: 'right' },
] as const

type Pen = InstanceType<typeof PDFDocument>

/** The invoice on A4: the same facts as on its page. */
export async function invoicePdf(facts: InvoiceFacts): Promise<Buffer> {
  const pen = new PDFDocument({
    size: 'A4',
    margin,
    bufferPages: true,
    info: { Title: facts.name, Author: facts.from },
    lang: 'en',
  })
  const chunks: Buffer[] = []
  const done = new Promise<void>((resolve, reject) => {
    pen.on('data', (chunk: Buffer) => chunks.push(chunk))
    pen.on('end', resolve)
    pen.on('error', reject)
  })
  pen.registerFont('regular', fonts.regular).registerFont('bold', fonts.bold)
  writeHead(pen, facts)
  writeLines(pen, facts.lines)
  writeSums(pen, facts.sums)
  for (const note of facts.notes) write(pen, note, { x: margin, y: room(pen, 24) + 16, width, color: muted, size: 9 })
  numberPages(pen, facts.name)
  pen.end()
  await done
  return Buffer.concat(chunks)
}

function writeHead(pen: Pen, { name, status, headline, from, to, dates }: InvoiceFacts): void {
  write(pen, name, { x: margin, y: margin, width: width - 120, size: 20, font: 'bold' })
  write(pen, status.text, {
    x: right - 120,
    y: margin + 6,
    width: 120,
    align: 'right',
    font: 'bold',
    color: accents[status.kind],
    size: 11,
  })
  const top = margin + 44
  const third = width / 3
  const ends = [
    block(pen, 'From', [from], { x: margin, y: top, width: third - 12 }),
    block(pen, 'Billed to', to, { x: margin + third, y: top, width: third - 12 }),
    block(
      pen,
      'Dates',
      dates.map(({ label, at }) => `${label} ${day(at)}`),
      { x: margin + 2 * third, y: top, width: third },
    ),
  ]
  const amount = `${headline.amount} ${headline.text}${headline.on === null ? '' : ` ${day(headline.on)}`}`
  write(pen, amount, { x: margin, y: Math.max(...ends) + 20, width, size: 15, font: 'bold' })
  pen.y += 20
}

function block(
  pen: Pen,
  title: string,
  lines: readonly string[],
  place: { x: number; y: number; width: number },
): number {
  write(pen, title, { ...place, color: muted, size: 8 })
  for (const line of lines) write(pen, line, { ...place, y: pen.y + 2 })
  return pen.y
}

function writeLines(pen: Pen, lines: readonly LineFacts[]): void {
  writeTitles(pen)
  for (const line of lines) {
    const under = [line.period && `${day(line.period.start)} to ${day(line.period.end)}`, ...line.discounts]
    const small = under.filter((text) => text !== null)
    const height =
      heightOf(pen, line.description, 10) + small.reduce((sum, text) => sum + heightOf(pen, text, 8) + 2, 0)
    if (pen.y + height + 12 > bottom) {
      pen.addPage()
      writeTitles(pen)
    }
    writeLine(pen, line, small)
  }
}

function writeLine(pen: Pen, line: LineFacts, small: readonly string[]): void {
  const y = pen.y
  const [description, quantity, unit, amount] = columns
  write(pen, line.quantity, { ...quantity, y })
  write(pen, line.unit, { ...unit, y })
  write(pen, line.amount, { ...amount, y })
  write(pen, line.description, { ...description, y })
  for (const text of small) write(pen, text, { ...description, y: pen.y + 2, color: muted, size: 8 })
  underline(pen, pen.y + 6)
}

function writeTitles(pen: Pen): void {
  const y = pen.y
  for (const column of columns) write(pen, column.title, { ...column, y, color: muted, size: 8 })
  underline(pen, pen.y + 5)
}

function writeSums(pen: Pen, sums: InvoiceFacts['sums']): void {
  for (const { label, amount, strong } of sums) {
    const y = room(pen, 20)
    const font = strong ? 'bold' : 'regular'
    write(pen, label, { x: right - 300, y, width: 190, font })
    write(pen, amount, { x: right - 100, y, width: 100, align: 'right', font })
    pen.y = y + Math.max(18, heightOf(pen, label, 10, 190) + 6)
  }
}

function numberPages(pen: Pen, name: string): void {
  const { count } = pen.bufferedPageRange()
  for (let page = 0; page < count; page += 1) {
    pen.switchToPage(page)
    // Below the margin, where text would otherwise begin a new page.
    pen.page.margins.bottom = 0
    write(pen, `${name} · page ${page + 1} of ${count}`, { x: margin, y: bottom + 30, width, color: muted, size: 8 })
  }
}

interface Place {
  x: number
  y: number
  width: number
  align?: 'left' | 'right'
  font?: 'regular' | 'bold'
  color?: string
  size?: number
}

function write(pen: Pen, text: string, place: Place): void {
  const { x, y, width: within, align = 'left', font = 'regular', color = ink, size = 10 } = place
  pen.font(font).fontSize(size).fillColor(color).text(text, x, y, { width: within, align })
}

function heightOf(pen: Pen, text: string, size: number, within: number = columns[0].width): number {
  return pen.font('regular').fontSize(size).heightOfString(text, { width: within })
}

function underline(pen: Pen, y: number): void {
  pen.moveTo(margin, y).lineTo(right, y).lineWidth(0.5).strokeColor(rule).stroke()
  pen.y = y + 7
}

/** Where so much fits: here, or at the top of the next page. */
function room(pen: Pen, height: number): number {
  if (pen.y + height > bottom) pen.addPage()
  return pen.y
}

function day(seconds: number): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(seconds * 1000)
}
