/**
 * A change to a file that others share, and its opposite: `remove` of what `add` made is the file as it was. Both throw,
 * saying what the file lacks, where it is not as they know it.
 */
export interface Edit {
  add: (source: string) => string
  remove: (source: string) => string
}
