import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { buyAs, expect, expectNoFindings, expectNoSidewaysScroll, test } from '../fixtures'
import type { Server } from '../server'

const shots = path.join(import.meta.dirname, '../shots')

type Look = { name: string; prepare?: (server: Server) => Promise<void>; path: string; act?: (page: Page) => Promise<void>; sees: string }

const soon = () => new Date(Date.now() + 600_000).toISOString()
const sell = (terms: object, buyers = 0) => async (server: Server) => {
  await server.put('1', { quantity: 100, ...terms })
  await server.fill('1', buyers)
}
const buy = (page: Page) => buyAs(page, 'ann')

const looks: Look[] = [
  { name: 'console-nothing', path: '/', sees: 'Nothing is on sale' },
  { name: 'console', prepare: sell({ name: 'Anniversary keyboard', payment_window: '15m' }, 63), path: '/', sees: 'Anniversary keyboard' },
  { name: 'console-refused', path: '/', act: refused, sees: 'Put on sale' },
  { name: 'start-over', prepare: sell({}, 100), path: '/', act: startOver, sees: '100 orders go with it' },
  { name: 'sale', prepare: sell({}, 63), path: '/products/1', sees: 'Newest orders' },
  { name: 'sale-early', prepare: sell({ opens_at: soon() }), path: '/products/1', sees: 'Opens in' },
  { name: 'sale-unknown', path: '/products/1', sees: 'There is no product 1' },
  { name: 'orders', prepare: sell({}, 63), path: '/order/1', sees: 'buyer-1' },
  { name: 'buy', prepare: sell({}, 63), path: '/buy/1', sees: 'Buy one' },
  { name: 'buy-early', prepare: sell({ opens_at: soon() }), path: '/buy/1', sees: 'until it opens' },
  { name: 'buy-sold-out', prepare: sell({}, 100), path: '/buy/1', sees: 'Should a unit come free' },
  { name: 'buy-yours', prepare: sell({}, 10), path: '/buy/1', act: buy, sees: 'It’s yours' },
  { name: 'buy-to-pay', prepare: sell({ payment_window: '15m' }, 10), path: '/buy/1', act: buy, sees: 'Time left to pay' },
  { name: 'buy-paused', prepare: paused, path: '/buy/1', sees: 'The sale rests' },
]

async function refused(page: Page) {
  await page.getByLabel('Quantity').fill('0')
  await page.getByRole('button', { name: 'Put on sale' }).click()
  await expect(page.getByLabel('Quantity')).toHaveAttribute('aria-invalid', 'true')
}

async function startOver(page: Page) {
  await page.getByRole('button', { name: 'Start over' }).click()
}

async function paused(server: Server) {
  await server.put('1', { quantity: 100 })
  await server.step('1', 'pause')
}

for (const look of looks) {
  test(`${look.name} in light and dark, at 360 and 1440 pixels`, async ({ page, server }) => {
    await look.prepare?.(server)
    await page.goto(look.path)
    await look.act?.(page)
    await expect(page.getByText(look.sees).first()).toBeVisible()
    for (const [width, height] of [[360, 740], [1440, 900]] as const) {
      await page.setViewportSize({ width, height })
      await expectNoSidewaysScroll(page)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        // The colours are the same at both widths and the outline in both schemes, so two of the four see it all.
        if ((width === 360) === (colorScheme === 'light')) await expectNoFindings(page)
        const file = path.join(shots, `${look.name}-${width}-${colorScheme}.png`)
        await page.screenshot({ path: file })
        expect((await stat(file)).size).toBeGreaterThan(0)
      }
    }
  })
}
