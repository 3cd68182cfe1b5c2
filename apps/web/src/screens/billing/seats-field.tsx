import type { Organization } from '@lightpress/users-contract'
import { TextField } from '../../ui/text-field.tsx'
import { mostSeats, seatsHelp, seatsRule } from './seats.ts'

export interface SeatsFieldProps {
  /** Undefined while what stands there cannot be had. */
  value: number | undefined
  /** The fewest that were agreed on before. */
  agreed?: number
  organization: Organization
  onChange: (seats: number | undefined) => void
}

/** How many seats to pay for: one for each who is there, or more. */
export function SeatsField(props: SeatsFieldProps) {
  const people = () => props.organization.memberCount
  return (
    <TextField
      name="seats"
      label="Seats"
      type="number"
      inputmode="numeric"
      autocomplete="off"
      min={people()}
      max={mostSeats}
      value={props.value}
      help={seatsHelp(props.value ?? people(), props.organization, props.agreed)}
      required
      rule={seatsRule(people())}
      onInput={({ currentTarget: { value } }) =>
        props.onChange(value !== '' && seatsRule(people())(value, {}) === undefined ? Number(value) : undefined)
      }
    />
  )
}
