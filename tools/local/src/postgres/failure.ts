import { SetupError } from '../setup-error.ts'

/** Turns what PostgreSQL wrote before it gave up into an error that says what to do. */
export function postgresFailure(home: string, output: string): SetupError {
  const [, advice] = ADVICE.find(([pattern]) => pattern.test(output)) ?? []
  const lines = output.trim().split('\n').slice(-6).join('\n  ')
  return new SetupError(
    `PostgreSQL did not start in ${home}. ${advice ?? 'Its last words are below; npm run reset starts afresh without the old data.'}\n  ${lines}`,
  )
}

const ADVICE: [RegExp, string][] = [
  [
    /could not resize shared memory|\/dev\/shm/,
    'The machine gives it too little shared memory: enlarge /dev/shm and run this again.',
  ],
  [/No space left on device|Check free disk space|ENOSPC/, 'The disk is full: free some space and run this again.'],
  [/incompatible with server/, 'The data are of another major version: npm run reset starts afresh without them.'],
  [/Address already in use/, 'Its port was taken meanwhile: run this again.'],
  [
    /ENOENT|error while loading shared libraries/,
    'The packaged program does not run on this system (it needs glibc): set DATABASE_URL to a PostgreSQL 16 of your own.',
  ],
  [
    /EPERM|EACCES|Permission denied|has wrong ownership/,
    'It may not use that folder: make it yours (chown), or run this as the user who made it.',
  ],
]
