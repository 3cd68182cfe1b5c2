import { readFile, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { makeOnce } from '../src/make-once.ts'

it('what several want at once is made once, and whole', async () => {
  let times = 0
  const want = () =>
    makeOnce('wanted-by-several', async (at) => {
      times++
      await writeFile(at, 'half')
      await new Promise((resolve) => setTimeout(resolve, 50))
      await writeFile(at, 'whole')
    })
  const paths = await Promise.all([want(), want(), want()])
  expect(new Set(paths).size).toBe(1)
  expect(await readFile(paths[0], 'utf8')).toBe('whole')
  expect(times).toBe(1)
})

it('where one fails, the next one makes it', async () => {
  const name = 'made-by-the-second'
  const failed = makeOnce(name, async (at) => {
    await writeFile(at, 'half')
    throw new Error('no')
  })
  const second = makeOnce(name, (at) => writeFile(at, 'whole'))
  await expect(failed).rejects.toThrow('no')
  expect(await readFile(await second, 'utf8')).toBe('whole')
})
