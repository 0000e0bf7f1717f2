import { memo, useEffect, useEffectEvent, useRef, type KeyboardEvent } from 'react'
import { Link } from 'wouter'
import type { ListedProduct } from '../api/bodies'
import type { ProductQuery } from '../api/manage'
import { serverNow } from '../sale/clock'
import { count, timeOfDay } from '../sale/format'
import { titleOf } from '../sale/state'
import { language } from '../words/language'
import { salesWords } from '../words/sales'
import { shared } from '../words/shared'
import { soldInWords } from '../words/spans'
import { ZoneNote } from './ZoneNote'

type Props = {
  products: ListedProduct[]
  /** How many sales stand above, on boards. */
  above: number
  query: ProductQuery
  more: boolean
  /** None while something is asked for. */
  onMore: (() => void) | undefined
}

const grid = 'grid gap-x-4 sm:grid-cols-[minmax(0,1fr)_7rem_8rem] lg:grid-cols-[minmax(0,1fr)_8rem_9rem_11rem_9rem]'

// So many rows are one for the browser where they are out of sight: to look after each of thousands costs it the frame.
const many = 50

/** One line for each sale. It grows as it is scrolled. */
export function SalesList({ products, above, query, more, onMore }: Props) {
  const end = useRef<HTMLParagraphElement>(null)
  const reached = useEffectEvent(() => more && onMore?.())
  useEffect(() => {
    if (!end.current) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && reached(), { rootMargin: '800px' })
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [products.length, onMore === undefined])
  const all = above + products.length
  const s = salesWords()
  const c = s.columns
  return (
    <section aria-label={s.kinds[query.show]}>
      {products.length > 0 && (
        <div aria-hidden="true" className={`${grid} border-b border-line pb-2 text-small text-muted max-sm:hidden`}>
          <span>{c.product}</span>
          <span>{c.state}</span>
          <span>{c.left}</span>
          <span className="max-lg:hidden">{c.opens}</span>
          <span className="max-lg:hidden">{c.soldIn}</span>
        </div>
      )}
      <div onKeyDown={step}>
        {Array.from({ length: Math.ceil(products.length / many) }, (_, n) => (
          <ul key={n} className="[contain-intrinsic-block-size:auto_150rem] [content-visibility:auto]">
            {products.slice(n * many, (n + 1) * many).map((product) => (
              <Row key={product.id} product={product} tag={language.now()} />
            ))}
          </ul>
        ))}
      </div>
      <div className="flex flex-wrap justify-between gap-x-4 py-4 text-small text-muted">
        <p ref={end} role="status" className="figures">
          {all > 0
            ? s.shown(all, count(all), more)
            : query.search
              ? s.notFound(query.search)
              : s.none[query.show]}
        </p>
        {products.some((product) => product.opens_at) && <ZoneNote />}
      </div>
    </section>
  )
}

/** Up and down go from sale to sale. */
function step(event: KeyboardEvent<HTMLElement>) {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (way === undefined) return
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a')]
  const next = links[links.indexOf(document.activeElement as HTMLElement) + way]
  if (!next) return
  event.preventDefault()
  next.focus()
}

type RowProps = { product: ListedProduct; tag: string }

const said = (product: ListedProduct) => JSON.stringify({ ...product, server_time: '' })
const same = (a: RowProps, b: RowProps) => a.tag === b.tag && (a.product === b.product || said(a.product) === said(b.product))

const Row = memo(function Row({ product }: RowProps) {
  const s = salesWords()
  const left = product.remaining ?? product.quantity - product.held
  const title = titleOf(product)
  return (
    <li className="border-b border-line">
      <article aria-label={title} className={`${grid} figures relative items-baseline py-3 hover:bg-wash max-sm:flex max-sm:flex-wrap`}>
        <Link href={`/products/${encodeURIComponent(product.id)}`} className="min-w-0 font-medium wrap-anywhere after:absolute after:inset-0 max-sm:basis-full">
          {title}
          {product.name.trim() && <span className="pl-2 text-small font-normal text-muted">{product.id}</span>}
        </Link>
        <span className={product.state === 'on_sale' ? 'font-medium' : 'text-muted'}>
          {product.archived ? s.archived : shared().states[product.state]}
        </span>
        <span>
          <span className="text-muted sm:sr-only">{s.leftLabel}</span>
          {s.left(count(left), count(product.quantity))}
        </span>
        <span className={`text-muted ${product.opens_at ? 'sm:max-lg:col-span-full' : 'max-lg:hidden'}`}>
          <span className="lg:sr-only">{product.opens_at && (Date.parse(product.opens_at) > serverNow() ? s.opensLabel : s.openedLabel)}</span>
          {product.opens_at && timeOfDay(product.opens_at)}
        </span>
        <span className={product.sold_in ? 'sm:max-lg:col-span-full' : 'max-lg:hidden'}>
          <span className="text-muted lg:sr-only">{product.sold_in && s.soldInLabel}</span>
          {product.sold_in && soldInWords(product.sold_in)}
        </span>
      </article>
    </li>
  )
}, same)
