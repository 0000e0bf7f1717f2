import { expect, test } from '../fixtures'

test.describe('a Chinese browser', () => {
  test.use({ locale: 'zh-CN' })
  test('has Chinese pages, and English ones once it asks for them', async ({ page, server }) => {
    await server.put('1', { quantity: 5 })
    await page.goto('/')
    await expect(page.getByRole('heading', { name: '抢购', exact: true })).toBeVisible()
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
    await page.goto('/buy/1')
    await expect(page.getByRole('button', { name: '立即抢购' })).toBeVisible()
    await page.getByRole('button', { name: 'English' }).click()
    await expect(page.getByRole('button', { name: 'Buy one' })).toBeVisible()
    await expect(page.locator('html')).toHaveAttribute('lang', 'en')
    await page.goto('/')
    await expect(page.getByRole('heading', { name: 'Sales' })).toBeVisible()
  })
})

test.describe('what the server says', () => {
  test.use({ locale: 'zh-CN' })

  test('is Chinese beside a field, and English after a switch', async ({ page }) => {
    await page.goto('/')
    await page.goto('/?rehearsals')
    await page.getByLabel('买家数').fill('0')
    await page.getByRole('button', { name: '开始演练', exact: true }).click()
    await expect(page.getByLabel('买家数')).toHaveAccessibleDescription('必须为 1 到 100000')
    await page.getByRole('button', { name: 'English' }).click()
    await expect(page.getByLabel('Buyers')).toHaveAccessibleDescription('must be 1 to 100000')
  })

  test('is Chinese where it refuses a step', async ({ page, server }) => {
    await server.put('1', { quantity: 5 })
    await server.fill('1', 3)
    await page.goto('/products/1')
    await page.getByRole('button', { name: '修改规则' }).click()
    await page.route('**/api/products/1', (route) => route.continue({ ...(route.request().method() === 'PUT' ? { postData: '{"quantity":2}' } : {}) }))
    await page.getByRole('button', { name: '修改规则' }).last().click()
    await expect(page.getByText('数量或限购低于已被持有的件数')).toBeVisible()
  })

  test('is Chinese where it judges, to the last equation', async ({ page, server }) => {
    await server.put('1', { quantity: 5, payment_window: '1h' })
    await server.fill('1', 5)
    await page.goto('/products/1')
    await page.getByRole('button', { name: '立即核验' }).click()
    await expect(page.getByText('剩余 0 + 被持有 5 + 在途 0 + 待退回 0 = 数量 5')).toBeVisible()
    await page.getByText('条等式，全部成立').click()
    // A letter of an equation, n, is all that both languages have.
    const said = await page.getByRole('region', { name: '核验' }).innerText()
    expect(said.match(/[A-Za-z]{2,}.*/g)).toBeNull()
  })
})

test('a switch loses nothing that was typed', async ({ page, server }) => {
  await server.put('1', { quantity: 5, name: 'Lamp' })
  await page.goto('/')
  await page.getByLabel('Search by name or id').fill('lam')
  await page.getByRole('button', { name: '中文' }).click()
  await expect(page.getByLabel('按名称或 ID 搜索')).toHaveValue('lam')
  await page.reload()
  await expect(page.getByRole('heading', { name: '抢购', exact: true })).toBeVisible()
})

test.describe('the times of a list', () => {
  test.use({ timezoneId: 'Asia/Shanghai' })

  test('are said once to be of which zone, on a phone only where there are times', async ({ page, server }) => {
    await server.put('1', { quantity: 5, opens_at: '2020-01-01T00:00:00Z', closes_at: '2020-01-02T00:00:00Z' })
    for (const [path, onPhone] of [['/', true], ['/?orders', false], ['/order/1', false], ['/products/1?payments', false]] as const) {
      await page.setViewportSize({ width: 1440, height: 900 })
      await page.goto(path)
      await expect(page.getByText('Time zone: China Time')).toBeVisible()
      await page.setViewportSize({ width: 360, height: 740 })
      await expect(page.getByText('Time zone: China Time')).toBeVisible({ visible: onPhone })
    }
    await page.getByRole('button', { name: '中文' }).click()
    await page.setViewportSize({ width: 1440, height: 900 })
    await expect(page.getByText('时区：中国时间')).toBeVisible()
  })
})
