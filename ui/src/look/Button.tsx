import type { ComponentProps } from 'react'

const kinds = {
  primary:
    'border-flash-edge bg-flash font-semibold text-on-flash not-aria-disabled:hover:bg-flash-strong aria-disabled:border-line aria-disabled:bg-wash aria-disabled:text-muted',
  strong: 'border-transparent bg-ink font-semibold text-ground not-aria-disabled:hover:opacity-85 aria-disabled:opacity-60',
  danger: 'border-transparent bg-alarm font-semibold text-ground not-aria-disabled:hover:opacity-85 aria-disabled:opacity-60',
  plain: 'border-edge bg-surface text-ink not-aria-disabled:hover:bg-wash aria-disabled:text-muted',
  quiet: 'border-transparent text-ink not-aria-disabled:hover:bg-wash aria-disabled:text-muted',
}

type Props = ComponentProps<'button'> & { kind?: keyof typeof kinds }

/** Disabled, it still has the focus, which a browser takes from what it disables itself. */
export function Button({ kind = 'plain', className = '', type = 'button', disabled = false, onClick, ...rest }: Props) {
  return (
    <button
      type={type}
      aria-disabled={disabled || undefined}
      onClick={disabled ? (event) => event.preventDefault() : onClick}
      className={`h-10 shrink-0 rounded-control border px-3.5 whitespace-nowrap transition-colors aria-disabled:cursor-not-allowed ${kinds[kind]} ${className}`}
      {...rest}
    />
  )
}
