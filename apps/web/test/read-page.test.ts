import { AppError } from '@lightpress/protocol'
import { expect, it } from 'vitest'
import { readPage } from '../src/api/read-page.ts'

const page = { items: ['one'], nextCursor: null }

it('asks from where the cursor says, and from the start without one', async () => {
  const asked: object[] = []
  const ask = async (from: object) => {
    asked.push(from)
    return page
  }
  expect([await readPage(undefined, ask), await readPage('there', ask)]).toEqual([page, page])
  expect(asked).toEqual([{}, { cursor: 'there' }])
})

it('takes a cursor that is none for one past the end', async () => {
  expect(await readPage('cut-o', refuse('cursor'))).toEqual({ items: [], nextCursor: null })
})

it.each([
  ['is about something else', 'cut-o', refuse('limit')],
  ['is for a cursor that nobody gave', undefined, refuse('cursor')],
])('gives a refusal on that %s', async (_, cursor, ask) => {
  await expect(readPage(cursor, ask)).rejects.toMatchObject({ code: 'invalid' })
})

function refuse(path: string) {
  return async (): Promise<typeof page> => {
    throw new AppError('invalid', 'request.invalid', 'Not so.', { errors: [{ path, message: 'Not so.' }] })
  }
}
