import { expect, it } from 'vitest'
import { deriveKey } from '../src/derived-key.ts'

// Were it made otherwise, no link of an invitation that is under way would be good any more.
it('what proves an invitation is what it always was', () => {
  const key = deriveKey(Buffer.alloc(32, 1).toString('base64'), 'invitation-token')
  expect(key.mac('a')).toBe('HRLSEjPN3FwaKW1NjMLNBBriGLI-wvd8cfxZEiT0B6w')
  expect(key.isMac('HRLSEjPN3FwaKW1NjMLNBBriGLI-wvd8cfxZEiT0B6w', 'a')).toBe(true)
  expect(key.isMac('HRLSEjPN3FwaKW1NjMLNBBriGLI-wvd8cfxZEiT0B6w', 'b')).toBe(false)
})
