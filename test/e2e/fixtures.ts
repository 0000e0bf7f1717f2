import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type Locator, type Page } from '@playwright/test'
import { Server } from './server'

/** Every test has its own server, and paths in it are that server's. */
export const test = base.extend<{ server: Server; flags: string[] }>({
  flags: [[], { option: true }],
  server: async ({ flags }, use) => {
    const server = await Server.start(...flags)
    await use(server)
    await server.stop()
  },
  baseURL: async ({ server }, use) => use(server.url),
})

export { expect }

export async function expectNoFindings(page: Page) {
  // At once, and not in parts that another page puts together: no frame of another host is on any page. Of what is well nothing is needed.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([])
}

export async function expectNoSidewaysScroll(page: Page) {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
}

/** Nothing reaches beyond a window of this width, nor the words of a button or a link beyond it; `wide`: in a font as wide as DejaVu. */
export async function expectFits(page: Page, width: number, wide: boolean) {
  await page.setViewportSize({ width, height: 900 })
  const style = wide ? await page.addStyleTag({ content: "* { font-family: 'DejaVu Sans' !important }" }) : undefined
  await expectNoSidewaysScroll(page)
  const over = await page.evaluate(() => {
    const clipped = (element: Element): boolean =>
      element.parentElement !== null && (getComputedStyle(element.parentElement).overflowX !== 'visible' || clipped(element.parentElement))
    return [...document.body.querySelectorAll('*')]
      .filter((element) => element.checkVisibility())
      .filter((element) => {
        const { left, right, width: own } = element.getBoundingClientRect()
        const beyond = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1
        const words = element.matches('button, summary, kbd, a') && element.clientWidth > 0 && beyond
        return words || (own > 1 && (right > innerWidth + 1 || left < -1) && !clipped(element))
      })
      .map((element) => element.outerHTML.slice(0, 200))
  })
  expect(over, `at ${width} pixels${wide ? ', in a wide font' : ''}`).toEqual([])
  await style?.evaluate((element) => (element as Element).remove())
}

/** What the page itself computes, in milliseconds so far: of it alone, however busy the machine is. */
export async function itsOwnWork(page: Page) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const workedMs = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics')
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN)
  }
  return { devtools, workedMs }
}

export const card = (page: Page, title: string): Locator => page.getByRole('article', { name: title })

export const counter = (within: Page | Locator, name: string): Locator => within.locator(`[data-count=${name}]`)

export const newest = (page: Page): Locator => page.getByRole('list', { name: 'Newest orders' }).getByRole('listitem')

/** The form of a new sale. */
export async function newSale(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Put a product on sale' }).click()
  return page.getByRole('dialog')
}

export async function buyAs(page: Page, user: string) {
  await page.getByLabel('Your user id').fill(user)
  await page.getByRole('button', { name: 'Buy one' }).click()
}

/** Cancels the order there, which is asked once. */
export async function cancel(within: Page | Locator) {
  await within.getByRole('button', { name: 'Cancel', exact: true }).click()
  await within.getByRole('dialog').getByRole('button', { name: 'Cancel it' }).click()
}

/** Answers the buys of `user` as a cluster whose log is slow does: the order stays queued until `state.status` is set. */
export async function queued(page: Page, product: string, user: string) {
  const order = { order_id: '0192f0c1-2345-8abc-9def-0123456789ab', product_id: product, user_id: user, epoch: 1 }
  const state = { status: 'queued' }
  await page.route(`**/api/products/${product}/orders`, (route) =>
    route.fulfill({
      status: 202,
      headers: { Location: `/api/orders/${order.order_id}?product=${product}&user=${user}&epoch=1`, 'Retry-After': '1' },
      json: { ...order, ...state },
    }),
  )
  await page.route('**/api/orders/**', (route) => route.fulfill({ json: { ...order, ...state } }))
  return state
}

/** From now on notes each text of what is selected, also one that is soon another. */
export async function note(page: Page, selector: string): Promise<() => Promise<string[]>> {
  await page.addInitScript((selector) => {
    const noted = new Set<string>()
    Object.assign(window, { noted })
    const look = () => document.querySelectorAll(selector).forEach(({ textContent }) => noted.add(textContent ?? ''))
    new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true })
  }, selector)
  return () => page.evaluate(() => [...(window as unknown as { noted: Set<string> }).noted])
}

/** The same of the line that tells how many buyers of a rehearsal are answered. */
export const noteAnswered = (page: Page) => note(page, 'p:has([data-count=answered])')
