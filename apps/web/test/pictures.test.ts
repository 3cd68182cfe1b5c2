import { ImageType, MAX_IMAGE_BYTES } from '@lightpress/users-contract'
import { expect, it } from 'vitest'
import { imageTypes, mostBytes, pictureFault } from '../src/pictures/picture-rule.ts'
import { initials } from '../src/ui/initials.ts'

it('knows what the contract takes', () => {
  expect(imageTypes.toSorted()).toEqual(ImageType.options.toSorted())
  expect(mostBytes).toBe(MAX_IMAGE_BYTES)
})

it.each([
  ['a photograph', { type: 'image/jpeg', size: 200_000 }, undefined],
  ['one just as large as allowed', { type: 'image/png', size: mostBytes }, undefined],
  ['a drawing that can hold a program', { type: 'image/svg+xml', size: 900 }, 'Choose a PNG'],
  ['what the browser does not know', { type: '', size: 900 }, 'Choose a PNG'],
  ['nothing', { type: 'image/png', size: 0 }, 'This file is empty.'],
  ['one byte too many', { type: 'image/png', size: mostBytes + 1 }, '5.1 MB'],
])('says of %s what is wrong with it before it is sent', (_, file, fault) => {
  if (fault === undefined) expect(pictureFault(file)).toBeUndefined()
  else expect(pictureFault(file)).toContain(fault)
})

it.each([
  ['Ada Lovelace', 'AL'],
  ['ada', 'A'],
  ['  Ludwig van Beethoven ', 'LB'],
  ['李小龙', '李'],
  ['محمد علي', 'مع'],
  ['👩‍👩‍👧 Family', '👩‍👩‍👧F'],
  ['', ''],
])('has of %s the letters %s', (name, letters) => {
  expect(initials(name)).toBe(letters)
})
