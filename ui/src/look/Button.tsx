import type { ComponentProps } from 'react'

const kinds = {
  primary:
    'border-flash-edge bg-flash font-semibold text-on-flash enabled:hover:bg-flash-strong disabled:border-line disabled:bg-wash disabled:text-muted',
  strong: 'border-transparent bg-ink font-semibold text-ground enabled:hover:opacity-85 disabled:opacity-60',
  danger: 'border-transparent bg-alarm font-semibold text-ground enabled:hover:opacity-85 disabled:opacity-60',
  plain: 'border-edge bg-surface text-ink enabled:hover:bg-wash disabled:text-muted',
  quiet: 'border-transparent text-ink enabled:hover:bg-wash disabled:text-muted',
}

type Props = ComponentProps<'button'> & { kind?: keyof typeof kinds }

export function Button({ kind = 'plain', className = '', type = 'button', ...rest }: Props) {
  return (
    <button
      type={type}
      className={`h-10 shrink-0 rounded-control border px-3.5 whitespace-nowrap transition-colors disabled:cursor-not-allowed ${kinds[kind]} ${className}`}
      {...rest}
    />
  )
}
