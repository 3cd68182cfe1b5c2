import type { Edit } from './edit.ts'

/**
 * What a file says of one module, under a key of its own, it is to say of another, too: a line and what is indented below
 * it, again with the other's name after it, or after all of them where several stand together. For files that are not code: YAML, and the example of an environment.
 */
export function twinOf(key: string, [from, to]: readonly [from: string, to: string]): Edit {
  const rename = (text: string) => text.replaceAll(from, to).replaceAll(from.toUpperCase(), to.toUpperCase())
  return {
    add: (source) => withBlocks(source, key, (block) => [...block, ...block.map(rename)]),
    remove: (source) => withBlocks(source, rename(key), () => []),
  }
}

/** A word after another one in a list within a line: `[auth-service, billing-service]`. */
export function besideOf(word: string, other: string): Edit {
  const inList = (wanted: string) => new RegExp(`(?<=[[ ])${wanted}(?=[,.\\]])`)
  return {
    add(source) {
      if (!inList(word).test(source)) throw new Error(`has no list with ${word} in it`)
      return source.replace(inList(word), `${word}, ${other}`)
    },
    remove(source) {
      if (!inList(other).test(source)) throw new Error(`has no list with ${other} in it`)
      return source.replace(new RegExp(`, ${other}(?=[,.\\]])|(?<=[[ ])${other}, `), '')
    },
  }
}

/** Comment lines at the end under a heading of their own: `# --- billing`. */
export function sectionOf(name: string, lines: readonly string[]): Edit {
  const section = new RegExp(`\\n# --- ${name}\\n(?:#.*\\n)*`)
  return {
    add: (source) => `${source}\n# --- ${name}\n${lines.map((line) => `# ${line}\n`).join('')}`,
    remove(source) {
      if (!section.test(source)) throw new Error(`has no section "# --- ${name}"`)
      return source.replace(section, '')
    },
  }
}

/** Puts something in the place of every block that begins with a key, and of those that stand together at once. */
function withBlocks(source: string, key: string, change: (block: string[]) => string[]): string {
  const lines = source.split('\n')
  const changed: string[] = []
  let found = 0
  for (let at = 0; at < lines.length;) {
    let end = at
    while (lines[end]?.trimStart().startsWith(key)) end = endOfBlock(lines, end)
    if (end > at) {
      found++
      changed.push(...change(lines.slice(at, end)))
      at = end
    } else changed.push(lines[at++] ?? '')
  }
  if (found === 0) throw new Error(`has nothing that begins with ${key}`)
  return changed.join('\n')
}

function endOfBlock(lines: readonly string[], start: number): number {
  const depth = indentOf(lines[start])
  let end = start + 1
  while (end < lines.length && lines[end] !== '' && indentOf(lines[end]) > depth) end++
  return end
}

function indentOf(line = ''): number {
  return line.length - line.trimStart().length
}
