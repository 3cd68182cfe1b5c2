/** Some of a map's values, to be taken page by page. */
export interface Selection<Value> {
  /**
   * Up to `most` of those that `keep` wants too, newest first or `backwards`, beginning behind this key; null if there is
   * no such key.
   */
  take(most: number, from: { behind: string | undefined; backwards: boolean }, keep: Test<Value>): Value[] | null
}

type Test<Value> = (value: Value) => boolean

/** A Map by ids that can be walked from its newest entry, or from any, without copying what lies between. */
export class OrderedMap<Value> extends Map<string, Value> {
  /** The keys in the order of their coming, null where one was deleted. */
  #keys: (string | null)[] = []
  #places = new Map<string, number>()

  override set(key: string, value: Value): this {
    if (!this.#places.has(key)) this.#places.set(key, this.#keys.push(key) - 1)
    return super.set(key, value)
  }

  override delete(key: string): boolean {
    const place = this.#places.get(key)
    if (place === undefined) return false
    this.#places.delete(key)
    this.#keys[place] = null
    super.delete(key)
    if (this.#keys.length > 2 * this.size + 1000) this.#closeGaps()
    return true
  }

  override clear(): void {
    super.clear()
    this.#keys = []
    this.#places.clear()
  }

  matching<Wanted extends Value>(wanted: (value: Value) => value is Wanted): Selection<Wanted>
  matching(wanted: Test<Value>): Selection<Value>
  matching(wanted: Test<Value>): Selection<Value> {
    return {
      take: (most, { behind, backwards }, keep) => {
        const step = backwards ? 1 : -1
        const start = behind === undefined ? (backwards ? -1 : this.#keys.length) : this.#places.get(behind)
        if (start === undefined) return null
        return this.#collect(most, { start: start + step, step, keep: (value) => wanted(value) && keep(value) })
      },
    }
  }

  #collect(most: number, { start, step, keep }: { start: number; step: number; keep: Test<Value> }): Value[] {
    const found: Value[] = []
    for (let place = start; place >= 0 && place < this.#keys.length && found.length < most; place += step) {
      const key = this.#keys[place]
      if (key === null || key === undefined) continue
      const value = this.get(key)
      if (value !== undefined && keep(value)) found.push(value)
    }
    return found
  }

  #closeGaps(): void {
    this.#keys = [...this.keys()]
    this.#places = new Map(this.#keys.map((key, place) => [key ?? '', place]))
  }
}
