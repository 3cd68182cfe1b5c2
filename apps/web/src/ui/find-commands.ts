export interface Command {
  label: string
  group: string
  /** Other words for it. */
  words?: string
}

/** Those in which every typed word begins a word, in their own order. */
export function findCommands<C extends Command>(commands: readonly C[], typed: string): C[] {
  const wanted = wordsOf(typed)
  return commands.filter((command) => {
    const words = wordsOf(`${command.label} ${command.group} ${command.words ?? ''}`)
    return wanted.every((start) => words.some((word) => word.startsWith(start)))
  })
}

function wordsOf(text: string): string[] {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
}
