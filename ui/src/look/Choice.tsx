import { useId, type ReactNode } from 'react'

type Props = {
  label: string
  value: string
  /** What can be chosen, with its words. */
  options: (readonly [value: string, word: string])[]
  onChoose: (value: string) => void
  hint?: string | undefined
  children?: ReactNode
}

/** A choice with its label; below it what one of the choices asks for further. */
export function Choice({ label, value, options, onChoose, hint, children }: Props) {
  const id = useId()
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="text-small font-medium">
        {label}
      </label>
      <select
        id={id}
        aria-describedby={hint === undefined ? undefined : `${id}-note`}
        className="h-10 w-full min-w-0 rounded-control border border-edge bg-surface px-2 text-ink"
        value={value}
        onChange={(event) => onChoose(event.target.value)}
      >
        {options.map(([one, word]) => (
          <option key={one} value={one}>
            {word}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <p id={`${id}-note`} className="text-small text-muted">
          {hint}
        </p>
      )}
      {children}
    </div>
  )
}
