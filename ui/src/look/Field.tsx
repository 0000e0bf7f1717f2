import { useId, type ComponentProps } from 'react'

type Props = ComponentProps<'input'> & { label: string; hint?: string | undefined; rule?: string | undefined }

/** An input with its label, and beside it the rule that the server says it breaks. */
export function Field({ label, hint, rule, className = '', ...input }: Props) {
  const id = useId()
  const note = rule ?? hint
  return (
    <div className={`grid content-start gap-1 ${className}`}>
      <label htmlFor={id} className="text-small font-medium">
        {label}
      </label>
      <input
        id={id}
        aria-invalid={rule !== undefined}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        autoComplete="off"
        spellCheck={false}
        className="figures h-10 w-full min-w-0 rounded-control border border-edge bg-surface px-3 text-ink aria-invalid:border-alarm aria-invalid:[box-shadow:0_0_0_1px_var(--alarm)]"
        {...input}
      />
      {note !== undefined && (
        <p id={`${id}-note`} className={`text-small ${rule === undefined ? 'text-muted' : 'text-alarm'}`}>
          {note}
        </p>
      )}
    </div>
  )
}
