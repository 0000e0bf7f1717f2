import type { CSSProperties } from 'react'
import type { Product } from '../api/bodies'

/** Every unit of the sale at a glance: held, queued, and in yellow those that can still be bought. */
export function Units({ product, className = '' }: { product: Product; className?: string }) {
  const share = (n: number): CSSProperties => ({ width: `${(100 * n) / product.quantity}%` })
  return (
    <div className={`units ${className}`} style={{ '--quantity': product.quantity } as CSSProperties} aria-hidden="true">
      <span className="bg-held transition-[width] duration-200" style={share(product.held)} />
      <span className="bg-queued transition-[width] duration-200" style={share(product.queued)} />
      <span className="bg-flash transition-[width] duration-200" style={share(product.remaining ?? 0)} />
    </div>
  )
}
