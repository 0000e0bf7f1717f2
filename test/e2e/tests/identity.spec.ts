import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { cancel, expect, expectNoFindings, expectNoSidewaysScroll, test } from '../fixtures'
import { ask, folder, operator, put, shopFlags, tokenOf } from '../shop'

test.use({ flags: shopFlags })

const eve = `eve.${'x'.repeat(100)}@shop.example`

/** Follows the shop's link for this buyer, as if from elsewhere. */
async function arrive(page: Page, user: string, seconds?: number, groups?: string[]) {
  await page.goto('about:blank')
  await page.goto(`/buy/1#token=${tokenOf(user, seconds, groups)}`)
}

const ordersOf = async (url: string) =>
  ((await ask(`${url}/api/products/1/orders`, operator)) as { orders: { user_id: string; status: string }[] }).orders

const yours = (page: Page) => page.getByRole('heading', { name: 'It’s yours' })

test('the shop says who buys; the token leaves the address, and a reload keeps who it is', async ({ page, server }) => {
  await put(server.url, { quantity: 5, payment_window: '15m' })
  const addresses: string[] = []
  page.on('request', (request) => addresses.push(request.url()))
  await arrive(page, 'ann@shop.example')
  await expect(page.getByText('Buying as ann@shop.example')).toBeVisible()
  expect(page.url()).toBe(`${server.url}/buy/1`)
  expect(addresses.filter((address) => address.includes('eyJ') && !address.includes('#token='))).toEqual([])
  expect(await page.evaluate(() => `${document.cookie} ${JSON.stringify({ ...localStorage })}`)).not.toContain('eyJ')
  await page.reload()
  await page.getByRole('button', { name: 'Buy one' }).click()
  await expect(yours(page)).toBeVisible()
  await cancel(page)
  await expect(page.getByRole('heading', { name: 'Cancelled' })).toBeVisible()
  expect((await ordersOf(server.url)).map(({ user_id, status }) => `${user_id} ${status}`)).toEqual(['ann@shop.example cancelled'])
})

test('who does not come from the shop is told to, in both languages', async ({ page, server }) => {
  await put(server.url, { quantity: 5 })
  await page.goto('/buy/1')
  await expect(page.getByRole('heading', { name: 'Please come from the shop' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Buy one' })).toBeHidden()
  await expect(page.getByLabel('Your user id')).toBeHidden()
  await expectNoFindings(page)
  await expectNoSidewaysScroll(page)
  await page.getByRole('button', { name: '中文' }).click()
  await expect(page.getByRole('heading', { name: '请从店铺进入' })).toBeVisible()
})

test('a sale for a group says so, to whoever is not in it, too', async ({ page, server }) => {
  await put(server.url, { quantity: 5, group: 'members' })
  await arrive(page, 'bob', undefined, ['staff'])
  await expect(page.getByText('Only for the group members')).toBeVisible()
  await page.getByRole('button', { name: 'Buy one' }).click()
  await expect(page.getByText('This sale is for a group that you are not in.')).toBeVisible()
  await page.getByRole('button', { name: '中文' }).click()
  await expect(page.getByText('仅限群组 members')).toBeVisible()
  await expect(page.getByText('你不在其中')).toBeVisible()
  await page.getByRole('button', { name: 'English' }).click()
  await arrive(page, 'bob', undefined, ['staff', 'members'])
  await page.getByRole('button', { name: 'Buy one' }).click()
  await expect(yours(page)).toBeVisible()
  expect(await ordersOf(server.url)).toHaveLength(1)
})

test('a pass that has ended is said to have, and the order is there again after', async ({ page, server }) => {
  await put(server.url, { quantity: 5 })
  await arrive(page, 'ann')
  await page.getByRole('button', { name: 'Buy one' }).click()
  await expect(yours(page)).toBeVisible()
  await arrive(page, 'ann', 10 - 30) // taken for 30 s more
  await expect(page.getByRole('heading', { name: 'Your sign-in has ended' })).toBeVisible()
  await expect(page.getByText('What ann ordered is safe')).toBeVisible()
  await expectNoFindings(page)
  await page.getByRole('button', { name: '中文' }).click()
  await expect(page.getByRole('heading', { name: '你的登录已过期' })).toBeVisible()
  await page.getByRole('button', { name: 'English' }).click()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Your sign-in has ended' })).toBeVisible()
  await arrive(page, 'ann')
  await expect(yours(page)).toBeVisible()
  expect(await ordersOf(server.url)).toHaveLength(1)
})

test('a press that meets the end of the pass goes on under the same key', async ({ page, server, context }) => {
  await put(server.url, { quantity: 5 })
  await arrive(page, 'ann')
  await page.route('**/orders', async (route) => {
    await route.fetch()
    await context.clearCookies()
    await route.abort()
  })
  await page.getByRole('button', { name: 'Buy one' }).click()
  await expect(page.getByText('No answer yet')).toBeVisible()
  await page.unroute('**/orders')
  await expect(page.getByRole('heading', { name: 'Your sign-in has ended' })).toBeVisible()
  await arrive(page, 'ann')
  await expect(yours(page)).toBeVisible()
  expect(await ordersOf(server.url)).toHaveLength(1)
})

test('a link of somebody else makes nobody of a buyer who is there', async ({ page, server, context }) => {
  await put(server.url, { quantity: 5 })
  await page.setViewportSize({ width: 360, height: 740 })
  await arrive(page, 'ann')
  await expect(page.getByText('Buying as ann')).toBeVisible()
  for (const signedIn of [true, false]) {
    if (!signedIn) await context.clearCookies()
    await arrive(page, eve)
    await expect(page.getByRole('heading', { name: 'This link is for eve' })).toBeVisible()
    await expectNoSidewaysScroll(page)
    expect(page.url()).toBe(`${server.url}/buy/1`)
    await expectNoFindings(page)
    if (signedIn) {
      await page.getByRole('button', { name: 'Buy one' }).click()
      await expect(yours(page)).toBeVisible()
      expect((await ordersOf(server.url)).map(({ user_id }) => user_id)).toEqual(['ann'])
    }
    await page.getByRole('button', { name: 'Stay as I am' }).click()
    await expect(page.getByRole('heading', { name: 'This link is for eve' })).toBeHidden()
    if (!signedIn) await expect(page.getByRole('heading', { name: 'Your sign-in has ended' })).toBeVisible()
  }
  await arrive(page, eve)
  await page.getByRole('button', { name: 'Switch to that user' }).click()
  await expect(page.getByText('Buying as eve.')).toBeVisible()
  await page.getByRole('button', { name: 'Not you?' }).click()
  await expect(page.getByRole('heading', { name: 'Please come from the shop' })).toBeVisible()
  expect((await context.cookies()).map(({ name }) => name)).toEqual([])
})

test('the page and the program of docs/identity.md lead a buyer to an order', async ({ page, server }) => {
  await put(server.url, { quantity: 5 })
  const document = readFileSync(path.resolve(import.meta.dirname, '../../../docs/identity.md'), 'utf8')
  const block = (language: string) => new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'm').exec(document)![1]!
  const html = block('html')
  expect(html.trimEnd().split('\n').length).toBeLessThanOrEqual(30)
  writeFileSync(path.join(folder, 'token.mjs'), block('js'))
  let signedIn = ''
  const shop = createServer((request, answer) => {
    if (request.url !== '/token') {
      answer.setHeader('Content-Type', 'text/html')
      answer.end(html.replace('https://sale.example', server.url))
    } else if (!signedIn) {
      answer.writeHead(401).end()
    } else {
      void promisify(execFile)('node', ['token.mjs', signedIn], { cwd: folder }).then(({ stdout }) => answer.end(stdout))
    }
  })
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
  await page.goto(`http://127.0.0.1:${(shop.address() as AddressInfo).port}/`)
  await page.getByRole('link', { name: 'To the sale' }).click()
  await expect(page.getByText('Sign in first.')).toBeVisible()
  signedIn = 'auth0|62f'
  await page.getByRole('link', { name: 'To the sale' }).click()
  await page.getByRole('button', { name: 'Buy one' }).click()
  await expect(yours(page)).toBeVisible()
  expect((await ordersOf(server.url)).map(({ user_id }) => user_id)).toEqual(['auth0|62f'])
  shop.close()
})
