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
    'order-record': { path: `/orders/${order}/record` },
    records: { path: '/records?state=all' },
    lots: { path: '/lots?state=all' },
    lot: { path: `/lots/${lot}`, also: (page) => page.locator('.react-flow__node').first().waitFor() },
    stations: { path: '/stations' },
    material: { path: '/material' },
    shipping: { path: '/shipping' },
    spc: { path: '/spc', also: (page) => page.locator('tbody tr').first().waitFor() },
    'spc-chart': { path: '/spc/leak-drop' },
    'spc-alarms': { path: '/spc/alarms' },
    documents: { path: '/documents?state=all' },
    routing: { path: '/documents/routing/INV-200/effective' },
    recipe: { path: '/documents/recipe/TC-20-P7/A' },
    outbox: { path: '/erp' },
    inbox: { path: '/erp/inbox' },
    people: { path: '/people' },
    'people-drawer': { path: '/people?sel=op-109', also: (page) => page.locator('aside table').waitFor() },
    'people-tokens': {
      path: '/people?state=programs&sel=erp',
      also: async (page, language) => {
        await page.getByRole('tab', { name: t('people.tokens', {}, language) }).click()
        await page.locator('aside table').waitFor()
      },
    },
    'people-certificates': {
      path: '/people?sel=op-130',
      also: async (page, language) => {
        await page.getByRole('tab', { name: t('people.certificates', {}, language) }).click()
        await page.locator('aside [role=tabpanel] table').waitFor()
      },
    },
    'people-new': { path: '/people', also: opened('people.new') },
    'signature-rules': { path: '/signature-rules', also: (page) => page.locator('tbody tr').first().waitFor() },
    health: { path: '/health' },
    calls: { path: '/calls?state=all' },
    'calls-times': { path: '/calls?state=times' },
    terminals: { path: '/terminals', also: (page) => page.locator('tbody tr').first().waitFor() },
    shifts: { path: '/shifts', also: (page) => page.locator('tbody tr').first().waitFor() },
    calendar: { path: '/calendar', also: (page) => page.locator('tbody tr').first().waitFor() },
    oee: { path: '/oee?equipment=ST50', also: (page) => page.locator('[role=img][data-ready]').nth(1).waitFor() },
    audit: { path: '/audit', also: (page) => page.getByRole('region', { name: /Proof|Nachweis/ }).waitFor() },
    'audit-row': {
      path: `/audit?noun=order&subject=${order}`,
      also: async (page) => {
        await page.locator('tbody tr').first().click()
        await page.getByRole('dialog').waitFor()
      },
    },
    reviews: { path: '/audit/reviews' },
    alerts: { path: '/alerts?state=all', also: (page) => page.locator('tbody tr').first().waitFor() },
    qualifications: {
      path: '/qualifications?station=ST30',
      also: (page) => page.locator('tbody tr').first().waitFor(),
    },
    certificates: {
      path: '/qualifications?state=certificates',
      also: (page) => page.locator('tbody tr').first().waitFor(),
    },
    skills: { path: '/qualifications?state=skills', also: (page) => page.locator('tbody tr').first().waitFor() },
    labour: { path: '/labour', also: (page) => page.locator('tbody tr').first().waitFor() },
    recalls: { path: '/recalls', user: 'qe-02', also: (page) => page.locator('tbody tr').first().waitFor() },
    recall: { path: '/recalls/R-1', user: 'qe-02', also: (page) => page.locator('tbody tr').first().waitFor() },
    nonconformances: {
      path: '/nonconformances?state=all',
      user: 'qe-02',
      also: (page) => page.locator('tbody tr').first().waitFor(),
    },
    nonconformance: {
      path: '/nonconformances/NC-1',
      user: 'qe-02',
      also: (page) => page.locator('article h1').waitFor(),
    },
    'nonconformance-new': { path: '/nonconformances', user: 'qe-02', also: opened('nonconformances.new') },
    'defect-codes': {
      path: '/defect-codes',
      user: 'qe-02',
      also: (page) => page.locator('tbody tr').first().waitFor(),
    },
    permits: { path: '/permits?state=all', user: 'qe-02', also: (page) => page.locator('tbody tr').first().waitFor() },
    'quality-cost': { path: '/quality-cost', user: 'qe-02', also: (page) => page.locator('table').waitFor() },
    reactions: { path: '/reactions', user: 'qe-02', also: (page) => page.locator('tbody tr').first().waitFor() },
    'reaction-rule': { path: '/reactions', user: 'qe-02', also: opened('reactions.new') },
    dispatch: { path: '/dispatch?line=L1', also: (page) => page.getByRole('heading', { level: 2 }).first().waitFor() },
    'dispatch-rule': { path: '/dispatch?line=L1', also: opened('dispatch.rule.open') },
    login: { path: '/', user: '' },
    unregistered: {
      path: '/stations/ST20',
      user: 'op-121',
      also: (page) => page.getByRole('heading', { level: 2 }).first().waitFor(),
    },
    terminal: {
      path: '/stations/ST10',
      user: 'op-121',
      also: (page) => page.locator('footer button').last().waitFor(),
    },
    'terminal-queue': {
      path: '/stations/ST10',
      user: 'op-121',
      also: async (page, language) => {
        await page
          .getByRole('navigation', { name: t('terminal.steps', {}, language) })
          .getByRole('button', { name: t('terminal.next', {}, language) })
          .click()
        await page.getByRole('region', { name: t('labour.here', {}, language) }).waitFor()
      },
    },
  }
}

/** What axe finds on the screen as it stands: grave findings fail, the others are told. */
async function judge(walk, page, name) {
  const found = await walk.axe(page)
  await walk.shot(page, name)
  const lines = (list) => list.map((v) => `${v.impact} ${v.rule} ×${v.count}\n  ${v.where.join('\n  ')}`).join('\n')
  const mild = found.filter((v) => !grave.has(v.impact))
  if (mild.length > 0) walk.note(`Remark/${name}`, lines(mild))
  const bad = found.filter((v) => grave.has(v.impact))
  must(bad.length === 0, lines(bad))
}

/** Opens the screen once and looks at it in light and in dark, which it follows while it is open. */
async function inBoth(walk, page, name, screen, language) {
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto(screen.path)
  await ready(page)
  await screen.also?.(page, language)
  for (const scheme of ['light', 'dark'])
    await walk.part(`Accessible/${name}-${scheme}-${language}`, async () => {
      await page.emulateMedia({ colorScheme: scheme })
      await page.locator(`html[lang="${language}"][data-mantine-color-scheme="${scheme}"]`).waitFor()
      await judge(walk, page, `${name}-${scheme}-${language}`)
    })
}

export async function accessibility(walk) {
  const all = Object.entries(screens(walk.input))
  for (const language of ['en', 'de'])
    for (const user of ['admin', 'qe-02', 'op-121', '']) {
      const page = await walk.pageOf(user, {
        terminal: user === 'op-121' ? 'ST10' : undefined,
        locale: language === 'de' ? 'de-DE' : 'en-GB',
      })
      page.signedIn = user !== ''
      for (const [name, screen] of all.filter(([, s]) => (s.user ?? 'admin') === user))
        await walk.part(`Opens/${name}-${language}`, () => inBoth(walk, page, name, screen, language))
      await page.context().close()
    }
}
