import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder: string

/** Vitest's global set-up: one folder for what the test files of a run share, gone afterwards. */
export async function setup(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'lightpress-test-'))
  process.env.TEST_FOLDER = folder
}

export async function teardown(): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}
