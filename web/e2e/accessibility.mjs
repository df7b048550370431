// Every screen, light and dark, in both languages, as the device asks for it: axe finds nothing that shuts people out.
import { must, ready, t } from './harness.mjs'

const grave = new Set(['serious', 'critical'])

function screens({ order, lot }) {
  const opened = (key) => async (page, language) => {
    await page
      .getByRole('button', { name: t(key, {}, language) })
      .first()
      .click()
    await page.getByRole('dialog').locator('form').waitFor()
  }
  return {
    orders: { path: '/orders' },
    drawer: { path: `/orders?state=done&sel=${order}`, also: (page) => page.locator('aside h2').waitFor() },
    'new-order': { path: '/orders', also: opened('orders.new') },
    history: { path: `/orders/${order}/history` },
    lots: { path: '/lots?state=all' },
    lot: { path: `/lots/${lot}`, also: (page) => page.locator('.react-flow__node').first().waitFor() },
    stations: { path: '/stations' },
    material: { path: '/material' },
    shipping: { path: '/shipping' },
    outbox: { path: '/erp' },
    inbox: { path: '/erp/inbox' },
    health: { path: '/health' },
    login: { path: '/', user: '' },
    terminal: {
      path: '/stations/ST10',
      user: 'op-121',
      also: (page) => page.locator('footer button').last().waitFor(),
    },
  }
}

async function judge(walk, name, screen, colorScheme, language) {
  const user = screen.user ?? 'admin'
  const page = await walk.pageOf(user, { colorScheme, locale: language === 'de' ? 'de-DE' : 'en-GB' })
  page.signedIn = user !== ''
  try {
    await page.goto(screen.path)
    await ready(page)
    await screen.also?.(page, language)
    await page.locator(`html[lang="${language}"][data-mantine-color-scheme="${colorScheme}"]`).waitFor()
    const found = await walk.axe(page)
    await walk.shot(page, `${name}-${colorScheme}-${language}`)
    const lines = (list) => list.map((v) => `${v.impact} ${v.rule} ×${v.count}\n  ${v.where.join('\n  ')}`).join('\n')
    const mild = found.filter((v) => !grave.has(v.impact))
    if (mild.length > 0) walk.note(`Remark/${name}-${colorScheme}-${language}`, lines(mild))
    const bad = found.filter((v) => grave.has(v.impact))
    must(bad.length === 0, lines(bad))
  } finally {
    await page.context().close()
  }
}

export async function accessibility(walk) {
  for (const [name, screen] of Object.entries(screens(walk.input)))
    for (const colorScheme of ['light', 'dark'])
      for (const language of ['en', 'de'])
        await walk.part(`Accessible/${name}-${colorScheme}-${language}`, () =>
          judge(walk, name, screen, colorScheme, language),
        )
}
