import type { Page } from '@playwright/test'
import { card, expect, expectNoFindings, expectNoSidewaysScroll, itsOwnWork, test } from '../fixtures'

const inMinutes = (n: number) => new Date(Date.now() + n * 60_000).toISOString()

test('sales stand by their state, one line each, boards only where something is sold', async ({ page, server }) => {
  await server.put('mug', { quantity: 40, name: 'Blue mug', opens_at: inMinutes(60) })
  await server.put('lamp', { quantity: 20, name: 'Lamp' })
  await server.put('poster', { quantity: 5, name: 'Poster' })
  await server.fill('poster', 5)
  await server.step('poster', 'close')
  await page.goto('/')
  await expect(card(page, 'Lamp').getByRole('button', { name: 'Pause' })).toBeVisible()
  await expect(card(page, 'Blue mug')).toContainText('Not open yet')
  await expect(card(page, 'Blue mug')).toContainText('40 of 40')
  await expect(card(page, 'Poster')).toContainText(/Closed.*0 of 5.*Sold in .* (ms|s)/)
  await expect(card(page, 'Poster').getByRole('button')).toHaveCount(0)
  expect(await page.getByRole('article').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))).toEqual(['Lamp', 'Blue mug', 'Poster'])
  await expect(page.getByText('3 sales', { exact: true })).toBeVisible()

  await page.getByRole('radio', { name: /Upcoming/ }).check()
  await expect(card(page, 'Lamp')).toHaveCount(0)
  await expect(card(page, 'Blue mug')).toBeVisible()
  await page.getByRole('radio', { name: /All/ }).check()
  await page.getByLabel('Search by name or id').fill('POST')
  await expect(card(page, 'Blue mug')).toHaveCount(0)
  await expect(card(page, 'Poster')).toBeVisible()
  await page.getByLabel('Search by name or id').fill('nothing of it')
  await expect(page.getByText('No name and no id contains “nothing of it”.')).toBeVisible()
})

test('a closed sale is archived, comes back, and is deleted once its name was said', async ({ page, server }) => {
  await server.put('1', { quantity: 5, name: 'Lamp' })
  await server.fill('1', 3)
  await page.goto('/products/1')
  await expect(page.getByRole('button', { name: 'Delete' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Close Lamp?' })).toBeVisible()
  await page.getByRole('button', { name: 'Close it' }).click()
  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Unarchive' })).toBeVisible()
  await expect(page.getByText('Archived', { exact: true })).toBeVisible()

  await page.goto('/')
  await expect(page.getByRole('radio', { name: 'Archived 1' })).toBeVisible()
  await expect(card(page, 'Lamp')).toHaveCount(0)
  await page.getByRole('radio', { name: 'Archived 1' }).check()
  await card(page, 'Lamp').getByRole('link').click()
  await page.getByRole('button', { name: 'Unarchive' }).click()
  await expect(page.getByRole('button', { name: 'Archive', exact: true })).toBeVisible() // the steps move
  await page.getByRole('button', { name: 'Delete' }).click()
  const asked = page.getByRole('dialog', { name: 'Delete Lamp?' })
  await expect(asked).toContainText('with its 3 orders')
  await page.keyboard.press('Escape')
  await expect(asked).toBeHidden()
  await page.getByRole('button', { name: 'Delete' }).click()
  await asked.getByRole('button', { name: 'Delete it' }).click()
  await expect(page.getByRole('heading', { name: 'Nothing is on sale' })).toBeVisible()
})

test('what was closed or archived by mistake is taken back, with its orders', async ({ page, server }) => {
  await server.put('1', { quantity: 5, name: 'Lamp', price: { amount: 1999, currency: 'EUR' }, closes_at: inMinutes(60) })
  await server.fill('1', 3)
  const terms = async () => {
    const { epoch, server_time, ...rest } = await (await fetch(`${server.url}/api/products/1`)).json()
    return rest
  }
  const before = await terms()
  await server.step('1', 'close')
  await server.step('1', 'archive')
  await page.goto('/products/1')
  await page.getByRole('button', { name: 'Open again' }).click()
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible()
  await expect.poll(terms).toEqual(before) // once the gate is open again
})

test('the list is walked, searched and opened by keys', async ({ page, server }) => {
  for (const id of ['a', 'b', 'c']) await server.put(id, { quantity: 1, opens_at: inMinutes(60) })
  await page.goto('/')
  await expect(card(page, 'Product c')).toBeVisible()
  await card(page, 'Product a').getByRole('link').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(card(page, 'Product c').getByRole('link')).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Product b' })).toBeVisible()
  await page.goBack()
  await expect(card(page, 'Product c')).toBeVisible()
  await page.keyboard.press('/')
  await page.keyboard.type('c')
  await expect(card(page, 'Product a')).toHaveCount(0)
})

type Asked = { after: string | null; search: string }

/** Ten thousand openings take the server minutes; the list cannot tell, where the pages are as the server gives them. */
async function tenThousand(page: Page, before: (asked: Asked) => Promise<void> | void = () => {}) {
  const product = (n: number) => ({
    id: `p${String(n).padStart(5, '0')}`, name: '', quantity: 100, limit_per_user: 1, orders_per_user: 20, payment_window: '0s', state: 'closed',
    epoch: 1, remaining: 40, queued: 0, held: 60, placed: 60, paid: 0, cancelled: 0, expired: 0, rejected: 0, server_time: new Date().toISOString(),
  })
  const all = Array.from({ length: 10_000 }, (_, n) => product(n))
  await page.route('**/api/products?*', async (route) => {
    const params = new URL(route.request().url()).searchParams
    const asked = { after: params.get('after'), search: params.get('search') ?? '' }
    await before(asked)
    const found = all.filter(({ id }) => id.includes(asked.search))
    const from = found.findIndex(({ id }) => id === asked.after) + 1
    const next = from + 100 < found.length ? { next: found[from + 99]?.id } : {}
    return route.fulfill({
      json: { products: found.slice(from, from + 100), ...next, counts: { live: 0, upcoming: 0, past: found.length, archived: 0, rehearsals: 0 } },
    })
  })
}

test('ten thousand products: searched at once, and scrolled at 60 frames a second', async ({ page }) => {
  await tenThousand(page)
  await page.goto('/')
  await expect(page.getByText('100 sales, more as you scroll')).toBeAttached()
  await expectNoSidewaysScroll(page)
  await page.getByLabel('Search by name or id').fill('09999')
  await expect(card(page, 'Product p09999')).toBeVisible()
  await page.getByLabel('Search by name or id').fill('')
  await expect(card(page, 'Product p00000')).toBeVisible()
  const { workedMs } = await itsOwnWork(page)
  const before = await workedMs()
  const frames = await page.evaluate(async () => {
    let n = 0
    for (; document.querySelectorAll('article').length < 1500; n++) {
      scrollBy(0, 120) // 7,000 pixels a second
      await new Promise(requestAnimationFrame)
    }
    return n
  })
  expect(((await workedMs()) - before) / frames, 'milliseconds of the page’s own work per frame').toBeLessThan(1000 / 60)
})

test('the list goes on where its end came in sight while it was asked for anew', async ({ page }) => {
  let beginnings = 0
  let refetched = () => {}
  let release = () => {}
  const isAsked = new Promise<void>((resolve) => (refetched = resolve))
  const isScrolled = new Promise<void>((resolve) => (release = resolve))
  await tenThousand(page, async ({ after }) => {
    if (after !== null || ++beginnings !== 2) return
    refetched()
    await isScrolled
  })
  await page.goto('/')
  await expect(page.getByText('100 sales, more as you scroll')).toBeAttached()
  await isAsked
  await page.getByText('100 sales, more as you scroll').scrollIntoViewIfNeeded()
  await page.evaluate(() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen))))
  release()
  await expect(page.getByText('200 sales, more as you scroll')).toBeAttached()
})

test('the list has no findings by keyboard and reader, empty and full', async ({ page, server }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Nothing is on sale' })).toBeVisible()
  await expectNoFindings(page)
  await server.put('1', { quantity: 5, opens_at: inMinutes(5) })
  await expect(card(page, 'Product 1')).toBeVisible()
  await expectNoFindings(page)
})
