import { useDeferredValue, useState } from 'react'
import { Link } from 'wouter'
import type { ProductCounts } from '../api/bodies'
import { kinds, sorts, type ProductQuery } from '../api/manage'
import { may } from '../api/session'
import { Button } from '../look/Button'
import { focusOn } from '../look/keys'
import { count } from '../sale/format'
import { words } from '../words/console'
import { salesWords } from '../words/sales'
import { Confirm, type Question } from './Confirm'
import { Demo } from './Demo'
import { ProductCard } from './ProductCard'
import { SalesList } from './SalesList'
import { Shell } from './Shell'
import { TermsDialog } from './TermsDialog'
import { useMe } from './useMe'
import { useProducts } from './useProducts'

const boards = 3

/** Every sale: a board for what is live, and one line for each of the others. */
export function Sales({ putting }: { putting: boolean }) {
  const [query, setQuery] = useState<ProductQuery>({ search: '', show: 'sales', sort: 'state' })
  const found = useProducts(useDeferredValue(query))
  const [edited, setEdited] = useState<{ id?: string } | undefined>(putting ? {} : undefined)
  const [question, setQuestion] = useState<Question>()
  const me = useMe()
  const { products, counts, lost } = found
  const nothing = counts && counts.live + counts.upcoming + counts.past + counts.archived === 0 && query.search === ''
  const live = counts?.live ?? 0
  const onBoards = (query.sort === 'state' && products?.slice(0, Math.min(live, boards)).filter((one) => one.state !== 'closed')) || []
  const rest = products?.filter((one) => !onBoards.includes(one))
  const operates = may(me, 'operate')
  const s = salesWords()
  return (
    <Shell
      title={s.title}
      link={lost ? 'lost' : found.isSuccess ? 'open' : 'connecting'}
      seenAt={found.dataUpdatedAt}
      keys={[
        { key: 'n', does: 'newProduct', act: () => setEdited({}) },
        { key: '/', does: 'search', act: () => document.querySelector<HTMLInputElement>('input[type=search]')?.focus() },
        ...(nothing ? [{ key: 'd', does: 'run', act: () => focusOn('d') } as const] : []),
      ]}
    >
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 pb-5">
        <h1 className="text-title font-semibold">{s.title}</h1>
        {operates && (
          <Button kind={nothing ? 'plain' : 'primary'} onClick={() => setEdited({})}>
            {s.put}
          </Button>
        )}
      </div>
      {found.isError && !lost && (
        <p role="alert" className="text-alarm">
          {found.error.message}{' '}
          <button type="button" className="text-ink underline underline-offset-4" onClick={() => void found.refetch()}>
            {words().tryAgain}
          </button>
        </p>
      )}
      {nothing && operates && <Demo />}
      {counts && !nothing && (
        <div className="grid gap-6">
          <Tools query={query} counts={counts} onQuery={setQuery} />
          {onBoards.map((product) => (
            <ProductCard key={product.id} product={product} onAsk={setQuestion} onEdit={(id) => setEdited({ id })} />
          ))}
          {rest && (rest.length > 0 || onBoards.length === 0) && (
            <SalesList products={rest} above={onBoards.length} query={query} more={found.hasNextPage} onMore={found.isFetching ? undefined : () => void found.fetchNextPage()} />
          )}
        </div>
      )}
      {counts && counts.rehearsals > 0 && (
        <p className="pt-6 text-muted">
          {words().rehearsals}:{' '}
          <Link href="/?rehearsals" className="text-ink underline underline-offset-4">
            {words().all(count(counts.rehearsals))}
          </Link>
        </p>
      )}
      {edited && <TermsDialog id={edited.id} known={products ?? []} total={found.hasNextPage && counts ? Object.values(counts).reduce((sum, n) => sum + n, 0) : 0} onDone={() => setEdited(undefined)} />}
      {question && <Confirm question={question} onClose={() => setQuestion(undefined)} />}
    </Shell>
  )
}

type ToolsProps = { query: ProductQuery; counts: ProductCounts; onQuery: (query: ProductQuery) => void }

function Tools({ query, counts, onQuery }: ToolsProps) {
  const s = salesWords()
  const of = { ...counts, sales: counts.live + counts.upcoming + counts.past }
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-3">
      <input
        type="search"
        aria-label={s.search}
        placeholder={s.search}
        className="h-10 w-64 min-w-0 rounded-control border border-edge bg-surface px-3 max-sm:w-full"
        value={query.search}
        onChange={(event) => onQuery({ ...query, search: event.target.value.slice(0, 200) })}
      />
      <fieldset className="flex flex-wrap gap-1">
        <legend className="sr-only">{s.show}</legend>
        {kinds.map((kind) => (
          <label
            key={kind}
            className="figures relative rounded-control border border-transparent px-2.5 py-1.5 has-checked:border-ink has-checked:font-semibold has-focus-visible:outline-2 has-focus-visible:outline-focus hover:bg-wash"
          >
            <input type="radio" name="show" className="absolute inset-0 cursor-pointer opacity-0" checked={query.show === kind} onChange={() => onQuery({ ...query, show: kind })} />
            {s.kinds[kind]} <span className="text-muted">{count(of[kind])}</span>
          </label>
        ))}
      </fieldset>
      <label className="ml-auto flex items-center gap-2 text-small text-muted max-sm:ml-0">
        {s.sort}
        <select
          className="h-10 rounded-control border border-edge bg-surface px-2 text-ink"
          value={query.sort}
          onChange={(event) => onQuery({ ...query, sort: sorts.find((sort) => sort === event.target.value) ?? 'state' })}
        >
          {sorts.map((sort) => (
            <option key={sort} value={sort}>
              {s.sorts[sort]}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}
