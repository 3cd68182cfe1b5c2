export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

export interface Scrape {
  text: string
  samples: Sample[]
}

/** What a process tells Prometheus, read as the text format says ("Exposition formats"). */
export async function scrape(internalPort: number | undefined): Promise<Scrape> {
  const answer = await fetch(`http://127.0.0.1:${internalPort}/metrics`)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${answer.status}: ${text}`)
  return { text, samples: text.split('\n').flatMap((line) => parse(line) ?? []) }
}

function parse(line: string): Sample | undefined {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line)
  if (!match) return undefined
  const [, name = '', inside = '', value] = match
  const labels = Object.fromEntries(
    [...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]),
  )
  return { name, labels, value: Number(value) }
}

/** Of the one sample with exactly these labels. */
export function valueOf({ samples }: Scrape, name: string, labels: Record<string, string>): number | undefined {
  return samples.find((sample) => {
    const keys = Object.keys(sample.labels)
    const same = keys.length === Object.keys(labels).length && keys.every((key) => sample.labels[key] === labels[key])
    return sample.name === name && same
  })?.value
}
