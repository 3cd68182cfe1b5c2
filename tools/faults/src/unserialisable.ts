/** Thrown by a parameter while a driver turns it into JSON; knows whose parameter it was. */
export class Unserialisable extends Error {
  readonly owner: string

  constructor(owner: string) {
    super(`A parameter of ${owner} cannot be serialised.`)
    this.owner = owner
  }
}

/** A JSON parameter that cannot be serialised: a BigInt in a payload, an accessor that throws. */
export function unserialisable(owner: string): { toJSON(): never } {
  return {
    toJSON() {
      throw new Unserialisable(owner)
    },
  }
}

/** Whose parameter an error is about, however often it was wrapped; null when it is about something else. */
export function ownerOf(error: unknown): string | null {
  if (error instanceof Unserialisable) return error.owner
  return error instanceof Error && error.cause !== undefined ? ownerOf(error.cause) : null
}
