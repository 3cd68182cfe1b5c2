import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { placesOf } from '../src/places.ts'
import { workspace } from './copy.ts'

const places = placesOf('quokkas')

describe.each(places)('$file', ({ file, edits }) => {
  const before = readFileSync(join(workspace, file), 'utf8')
  const after = edits.reduce((source, { add }) => add(source), before)

  it('is told of a module by each edit', () => {
    for (const { add } of edits) expect(add(before)).not.toBe(before)
    expect(after.toLowerCase()).toContain('quokkas')
  })

  it('is byte for byte as it was when the module is taken out, whatever was added meanwhile', () => {
    expect(edits.reduce((source, { remove }) => remove(source), after)).toBe(before)
    const another = placesOf('zebras').find((one) => one.file === file)?.edits ?? []
    const both = another.reduce((source, { add }) => add(source), after)
    const one = edits.reduce((source, { remove }) => remove(source), both)
    expect(one).toBe(another.reduce((source, { add }) => add(source), before))
  })

  it('is refused when it is not as it is known to be, and not guessed at', () => {
    for (const { add, remove } of edits) {
      const empty = file.endsWith('.json') ? '{}' : '\n'
      if (!file.startsWith('.env')) expect(() => add(empty)).toThrow()
      expect(() => remove(file.endsWith('.json') ? empty : before)).toThrow()
    }
  })
})
