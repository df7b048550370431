// Quality holds a paste lot in a real browser. It reads the same input as screens.mjs; lot runs at ST40, and component is the
// paste lot that is in it, in one unit more, and in one that was shipped.
import { readFileSync } from 'node:fs'
import { must, ready, t, Walk } from './harness.mjs'

const input = JSON.parse(readFileSync(0, 'utf8'))
const walk = new Walk(input)
const short = input.lot.slice(-4)

const clean = async (page, what) => {
  const found = await walk.axe(page)
  must(found.length === 0, `${what}: axe finds ${JSON.stringify(found)}`)
}

/** The same screen in both schemes, each looked at by axe. */
async function both(page, name) {
  await clean(page, name)
  await walk.shot(page, name)
  await page.emulateMedia({ colorScheme: 'dark' })
  await clean(page, `${name}, dark`)
  await walk.shot(page, `${name}-dark`)
  await page.emulateMedia({ colorScheme: 'light' })
}

let desk, terminal

async function anEmptyList() {
  desk = await walk.pageOf('qe-02')
  desk.signedIn = true
  await desk.goto('/holds')
  await ready(desk)
  await desk.getByText(t('holds.empty.title')).waitFor()
  await both(desk, 'holds-empty')
}

async function aHoldIsSeenBeforeItIsPlaced() {
  terminal = await walk.pageOf('op-121', { viewport: { width: 1280, height: 800 }, terminal: 'ST40' })
  terminal.signedIn = true
  await terminal.goto(`/stations/ST40?lot=${input.lot}`)
  await terminal.getByText(short).first().waitFor()
  await desk
    .getByRole('button', { name: t('holds.place') })
    .first()
    .click()
  const dialog = desk.getByRole('dialog')
  await dialog.getByLabel(t('holds.field.lots'), { exact: true }).fill(input.component)
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('Third broken bead in 60 min')
  await dialog.getByRole('button', { name: t('holds.preview') }).click()
  const hold = dialog.getByRole('button', { name: t('holds.hold_lots_other', { count: 4 }) })
  await hold.waitFor()
  must((await walk.api(desk, '/holds')).total === 0, 'the preview has placed a hold')
  await both(desk, 'hold-preview')
  const before = Date.now()
  const shown = terminal.getByRole('alert').filter({ hasText: 'Third broken bead' })
  await Promise.all([shown.waitFor().then(() => (shown.after = Date.now() - before)), hold.click()])
  await desk.waitForURL(/\/holds\/H-0001$/)
  must(shown.after < 2000, `the station showed the hold after ${shown.after} ms`)
  walk.note('the station shows it', `${shown.after} ms after the click`)
}

async function theTimeToContainIsMeasured() {
  await ready(desk)
  await desk.getByText(t('holds.measured')).waitFor()
  const hold = await walk.api(desk, '/holds/H-0001')
  must(hold.found === 4 && hold.unnotified === 1 && hold.state === 'contained', JSON.stringify(hold))
  const after = (at) => new Date(at).getTime() - new Date(hold.requested_at).getTime()
  walk.note(
    'time to contain',
    `${after(hold.guarded_at)} ms guarded, ${after(hold.found_at)} ms found, ${after(hold.contained_at)} ms all stopped`,
  )
  await both(desk, 'hold-page')
  await desk.getByRole('button', { name: t('holds.graph'), exact: true }).click()
  await desk.locator('.react-flow__node').nth(3).waitFor()
  await both(desk, 'hold-graph')
  await desk.getByRole('button', { name: t('holds.graph_close') }).click()
}

async function theStationPutsItAside() {
  await both(terminal, 'terminal-held')
  await terminal.getByRole('button', { name: t('terminal.main.set_aside', { lot: short }) }).click()
  await terminal.getByText(t('terminal.stopped.aside_done')).waitFor()
  await desk.getByRole('cell', { name: t('holds.n_of', { n: 1, total: 2 }), exact: true }).waitFor()
  const lots = await walk.api(desk, `/holds/H-0001/lots?q=${input.lot}`)
  must(lots.items[0].aside_by === 'op-121', JSON.stringify(lots.items))
}

async function theCustomerIsTold() {
  await desk.getByRole('button', { name: t('holds.notify') }).click()
  const dialog = desk.getByRole('dialog')
  await dialog.getByLabel(t('holds.field.how'), { exact: true }).fill('By telephone, quality of C-2041')
  await clean(desk, 'the notice')
  await walk.shot(desk, 'hold-notify')
  await dialog.getByRole('button', { name: t('holds.notify_confirm') }).click()
  await dialog.waitFor({ state: 'detached' })
  await desk.getByText(t('holds.notified')).waitFor()
}

async function aDecisionIsSignedByTwo() {
  await desk.getByLabel(t('holds.choose', { lot: input.lot })).check()
  await desk.getByRole('button', { name: t('holds.decide_on_one', { count: 1 }) }).click()
  const dialog = desk.getByRole('dialog')
  await dialog.getByLabel(t('holds.decision.use_as_is')).check()
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('Picture judged again: pass')
  await both(desk, 'hold-decide')
  await dialog.getByRole('button', { name: t('holds.propose') }).click()
  await dialog.getByLabel(t('sign.password'), { exact: true }).waitFor()
  await both(desk, 'hold-sign')
  const sign = async (user, meaning) => {
    await dialog.getByLabel(t('sign.who'), { exact: true }).fill(user)
    await dialog.getByLabel(t('sign.password'), { exact: true }).fill(input.logins[user])
    await dialog.getByRole('button', { name: t(`sign.do.${meaning}`) }).click()
    await dialog.waitFor({ state: 'detached' })
  }
  await sign('qe-02', 'reviewed')
  await desk.getByRole('heading', { name: t('holds.to_sign') }).scrollIntoViewIfNeeded()
  await both(desk, 'hold-to-sign')
  await desk.getByRole('button', { name: t('sign.open') }).click()
  await sign('sv-05', 'approved')
  await desk.getByText(t('holds.end.used_as_is')).waitFor()
  await terminal.getByRole('alert').filter({ hasText: 'Third broken bead' }).waitFor({ state: 'detached' })
  await both(desk, 'hold-page-decided')
  await desk.goto('/holds')
  await ready(desk)
  await both(desk, 'holds-list')
}

await walk.open()
for (const user of ['qe-02', 'op-121']) await (await walk.signIn(user)).context().close()
await walk.part('an empty list says what a hold is', anEmptyList)
await walk.part('a hold is seen before it is placed', aHoldIsSeenBeforeItIsPlaced)
await walk.part('the time to contain is measured and shown', theTimeToContainIsMeasured)
await walk.part('the station puts the unit aside', theStationPutsItAside)
await walk.part('the customer is told', theCustomerIsTold)
await walk.part('a decision is signed by two people', aDecisionIsSignedByTwo)
await walk.close()
