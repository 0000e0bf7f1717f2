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
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([])
}

export async function expectNoSidewaysScroll(page: Page) {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
}

export const card = (page: Page, title: string): Locator => page.getByRole('article', { name: title })

export const counter = (within: Page | Locator, name: string): Locator => within.locator(`[data-count=${name}]`)

export async function buyAs(page: Page, user: string) {
  await page.getByLabel('Your user id').fill(user)
  await page.getByRole('button', { name: 'Buy one' }).click()
}
