import { type Accessor, createContext, useContext } from 'solid-js'

/** An operator who acts as the person sees all of it, and can change nothing. */
export const ReadOnly = createContext<Accessor<boolean>>(() => false)

export function useReadOnly(): Accessor<boolean> {
  return useContext(ReadOnly)
}
