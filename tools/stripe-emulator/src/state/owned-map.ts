import { OrderedMap } from './ordered-map.ts'

/** Names the customer whom an entry belongs to, if any. */
export type OwnerOf<Value> = (value: Value, key: string) => string | null | undefined

/**
 * A Map of which it is quickly known what belongs to whom. That is asked when somebody looks: what has no owner when it
 * is put in may get one later, and may lose it again, but never changes hands.
 */
export class OwnedMap<Value> extends OrderedMap<Value> {
  #filed = new Map<string, Set<string>>()
  #ownerOf = new Map<string, string>()
  #unfiled = new Set<string>()

  override set(key: string, value: Value): this {
    if (!this.has(key)) this.#unfiled.add(key)
    return super.set(key, value)
  }

  override delete(key: string): boolean {
    this.#unfiled.delete(key)
    const owner = this.#ownerOf.get(key)
    if (owner !== undefined) this.#forget(key, owner)
    return super.delete(key)
  }

  override clear(): void {
    super.clear()
    this.#filed.clear()
    this.#ownerOf.clear()
    this.#unfiled.clear()
  }

  /** All that is this owner's. */
  of(owner: string, ownerOf: OwnerOf<Value>): [string, Value][] {
    this.#file(ownerOf)
    const own: [string, Value][] = []
    for (const key of this.#filed.get(owner) ?? []) {
      const value = this.get(key)
      if (value !== undefined && ownerOf(value, key) === owner) own.push([key, value])
    }
    return own
  }

  #file(ownerOf: OwnerOf<Value>): void {
    for (const key of this.#unfiled) {
      const value = this.get(key)
      const owner = value === undefined ? undefined : ownerOf(value, key)
      if (typeof owner !== 'string') continue
      this.#filed.set(owner, (this.#filed.get(owner) ?? new Set()).add(key))
      this.#ownerOf.set(key, owner)
      this.#unfiled.delete(key)
    }
  }

  #forget(key: string, owner: string): void {
    const own = this.#filed.get(owner)
    own?.delete(key)
    if (own?.size === 0) this.#filed.delete(owner)
    this.#ownerOf.delete(key)
  }
}
