import { useInfiniteQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useLocation } from 'wouter'
import { statuses } from '../api/bodies'
import { orderIdPattern, searchFields, searchOrders, type OrderSearch } from '../api/orders'
import { fieldErrors, ruleFor, Unreachable } from '../api/request'
import { Button } from '../look/Button'
import { Field } from '../look/Field'
import { count, timeOfDay } from '../sale/format'
import { words } from '../words/console'
import { orderWords } from '../words/orders'
import { OrderLink } from './OrderList'
import { blockSize } from './rows'
import { listKeys, ScaledTable } from './ScaledTable'
import { Shell } from './Shell'
import { useGrowing } from './useGrowing'

const counted = 100_000
const everyMs = 5_000
const widths =
  'grid-cols-[minmax(0,1fr)_6rem] sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_6rem_9.5rem] lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_6rem_10rem_21rem]'

/** The page of a search. */
export const searchPage = (search: OrderSearch): string =>
  ['/?orders', ...searchFields.flatMap((field) => (search[field] ? [`${field}=${encodeURIComponent(search[field])}`] : []))].join('&')

/** The orders of all products, by whose they are, what they are called, how they stand and when they were placed. */
export function FoundOrders({ search: asked }: { search: URLSearchParams }) {
  const search: OrderSearch = Object.fromEntries(searchFields.flatMap((field) => (asked.get(field) ? [[field, asked.get(field)]] : [])))
  const pages = useInfiniteQuery({
    queryKey: ['orders', 'found', search],
    queryFn: ({ pageParam }) => searchOrders(search, { after: pageParam, limit: blockSize }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) => !state.error && state.data?.pages.length === 1 && everyMs,
    placeholderData: (before) => before,
  })
  const orders = pages.data?.pages.flatMap((page) => page.orders) ?? []
  const n = pages.data?.pages[0]?.count ?? 0
  const w = words()
  const o = orderWords()
  return (
    <Shell
      title={o.title}
      link={pages.failureReason instanceof Unreachable ? 'lost' : pages.isPending ? 'connecting' : 'open'}
      seenAt={pages.dataUpdatedAt}
      filled
      keys={[...listKeys, { key: '/', does: 'search', act: () => document.querySelector<HTMLInputElement>('input[type=search]')?.focus() }]}
    >
      <h1 className="text-title font-semibold">{o.title}</h1>
      <Tools key={JSON.stringify(search)} search={search} problem={pages.error} />
      <p role="status" className="figures pb-3 font-medium">
        {pages.isPending ? o.fetching : pages.data && (n === 0 && Object.keys(search).length === 0 ? w.noOrders : o.found(n, count(n), n >= counted))}
      </p>
      <ScaledTable
        label={o.title}
        widths={widths}
        columns={[
          { word: w.columns.user },
          { word: o.product, className: 'max-sm:hidden' },
          { word: w.columns.status },
          { word: w.columns.placedAt, className: 'max-sm:hidden' },
          { word: w.columns.orderId, className: 'max-lg:hidden' },
        ]}
        rows={orders.length}
        at={(row) => {
          const order = orders[row]
          if (!order) return []
          return [
            <OrderLink order={order} />,
            order.product_id,
            order.void_reason === undefined ? w.counts[order.status] : w.voided,
            order.placed_at && timeOfDay(order.placed_at),
            <span className="font-mono text-small">{order.order_id}</span>,
          ]
        }}
        quiet={(row) => orders[row]?.status === 'cancelled' || orders[row]?.status === 'expired'}
        onRange={useGrowing(pages, orders.length)}
        growsAtTop={false}
        footer={pages.data && o.loaded(orders.length, count(orders.length), pages.hasNextPage)}
      />
    </Shell>
  )
}

function Tools({ search, problem }: { search: OrderSearch; problem: Error | null }) {
  const [, go] = useLocation()
  const id = useId()
  const o = orderWords()
  const change = (to: OrderSearch) => go(searchPage({ ...search, ...to }), { replace: true })
  const rules = fieldErrors(problem)
  return (
    <form
      className="flex flex-wrap items-end gap-x-3 gap-y-2 py-4"
      onSubmit={(event) => {
        event.preventDefault()
        const text = String(new FormData(event.currentTarget).get('text')).trim()
        change(orderIdPattern.test(text.toLowerCase()) ? { order_id: text.toLowerCase(), user_id: '' } : { user_id: text, order_id: '' })
      }}
    >
      <Field
        type="search"
        name="text"
        label={o.search}
        className="w-80 max-sm:w-auto max-sm:flex-1"
        maxLength={200}
        defaultValue={search.order_id ?? search.user_id ?? ''}
        rule={ruleFor(rules, 'user_id')}
      />
      <Button type="submit">{o.find}</Button>
      <div className="grid gap-1 max-sm:w-full">
        <label htmlFor={id} className="text-small font-medium">
          {o.status}
        </label>
        <select
          id={id}
          className="h-10 min-w-0 rounded-control border border-edge bg-surface px-3"
          value={search.status ?? ''}
          onChange={(event) => change({ status: event.target.value })}
        >
          <option value="">{o.anyStatus}</option>
          {statuses.map((one) => (
            <option key={one} value={one}>
              {words().counts[one]}
            </option>
          ))}
        </select>
      </div>
      {(['from', 'until'] as const).map((edge) => (
        <Field
          key={edge}
          type="datetime-local"
          label={o[edge]}
          className="w-52 max-sm:w-full"
          defaultValue={search[edge] && localOf(search[edge])}
          rule={ruleFor(rules, edge)}
          onChange={(event) => change({ [edge]: event.target.value && new Date(event.target.value).toISOString() })}
        />
      ))}
      {Object.keys(search).length > 0 && <Button onClick={() => go(searchPage({}), { replace: true })}>{o.clear}</Button>}
      {problem && rules.length === 0 && (
        <p role="alert" className="basis-full text-alarm">
          {problem.message}
        </p>
      )}
    </form>
  )
}

/** A moment as an input of the reader's zone has it. */
function localOf(moment: string): string {
  const at = new Date(moment)
  return Number.isNaN(at.getTime()) ? '' : new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
