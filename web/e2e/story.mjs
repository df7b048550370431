// The story of the quality loop, as people see it: quality switches a rule on; the camera finds a bad bead three times on one
// lot of paste; the rule holds the paste, finds the units that have it, opens a nonconformance and a CAPA; a unit goes to
// rework. It reads the same input as screens.mjs, and phase: before the camera finds anything, and after.
import { readFileSync } from 'node:fs'
import { must, ready, t, Walk } from './harness.mjs'

const input = JSON.parse(readFileSync(0, 'utf8'))
const walk = new Walk(input)

const clean = async (page, what) => {
  const found = await walk.axe(page)
  must(found.length === 0, `${what}: axe finds ${JSON.stringify(found)}`)
}

async function open(user, path, options) {
  const page = await walk.pageOf(user, options)
  page.signedIn = true
  await page.goto(path)
  await ready(page)
  return page
}

async function theRuleIsSwitchedOn() {
  const page = await open('qe-02', '/reactions')
  await page.locator('tr', { hasText: 'BEAD-3' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('switch').check({ force: true })
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('The beads of last week')
  await dialog.getByRole('button', { name: t('reactions.save') }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.locator('tr', { hasText: 'BEAD-3' }).getByText(t('reactions.on'), { exact: true }).waitFor()
  await page.context().close()
}

const made = {}

async function theRuleHasActed() {
  const page = await open('qe-02', '/reactions')
  const acted = (await walk.api(page, '/reaction-firings?rule=BEAD-3')).items[0]
  must(acted.group === input.component && acted.events.length === 3, JSON.stringify(acted))
  for (const done of acted.done) {
    must(!done.refused, `${done.kind} was refused: ${done.refused}`)
    made[done.kind] = done.subject
  }
  for (const kind of ['hold', 'nonconforming', 'capa'])
    await page.getByRole('link', { name: made[kind] }).first().waitFor()
  await clean(page, 'rules that acted')
  await walk.shot(page, 'story-rules')
  await page.getByRole('link', { name: made.hold }).first().click()
  await ready(page)
  must(page.url().endsWith(`/holds/${made.hold}`), `the link leads to ${page.url()}`)
  await page.context().close()
}

async function everythingIsContained() {
  const page = await open('qe-02', `/holds/${made.hold}`)
  await page.getByText(t('holds.measured')).waitFor()
  const hold = await walk.api(page, `/holds/${made.hold}`)
  const lots = (await walk.api(page, `/holds/${made.hold}/lots?limit=100`)).items.map((l) => l.lot)
  must(lots.includes(input.component), `the paste is not among ${lots}`)
  for (const unit of input.units) must(lots.includes(unit), `${unit} was built with the paste and is not among ${lots}`)
  walk.note('time to contain', `${new Date(hold.contained_at) - new Date(hold.requested_at)} ms, ${lots.length} lots`)
  for (const lot of [input.component, ...input.units]) {
    const now = await walk.api(page, `/lots/${lot}`)
    must(now.holds.length > 0, `${lot} is not held`)
  }
  await clean(page, 'the hold')
  await walk.shot(page, 'story-hold')
  await page.context().close()
}

/** A unit that the camera found bad goes through the rework routing, once two people have signed it. */
async function reworkIsDispatched() {
  const page = await open('qe-02', `/holds/${made.hold}`)
  const bad = input.bad
  await page.getByLabel(t('holds.choose', { lot: bad })).check()
  await page.getByRole('button', { name: t('holds.decide_on_one', { count: 1 }) }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('holds.decision.rework'), { exact: true }).check()
  await dialog.getByLabel(t('holds.field.routing'), { exact: true }).fill('RW-PASTE')
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('Paste of the other cartridge')
  await dialog.getByRole('button', { name: t('holds.propose') }).click()
  const sign = async (user, meaning) => {
    await dialog.getByLabel(t('sign.who'), { exact: true }).fill(user)
    await dialog.getByLabel(t('sign.password'), { exact: true }).fill(input.logins[user])
    await dialog.getByRole('button', { name: t(`sign.do.${meaning}`) }).click()
    await dialog.waitFor({ state: 'detached' })
  }
  await dialog.getByLabel(t('sign.password'), { exact: true }).waitFor()
  await sign('qe-02', 'reviewed')
  await page.getByRole('button', { name: t('sign.open') }).click()
  await sign('sv-05', 'approved')
  await page.getByText(t('holds.end.reworked')).first().waitFor()
  const lot = await walk.api(page, `/lots/${bad}`)
  must(lot.operation === 'RW10', `${bad} is ${lot.state} at ${lot.operation}`)
  await walk.shot(page, 'story-rework')
  await page.context().close()
}

async function theRecordsAreThere() {
  const page = await open('qe-02', `/nonconformances/${made.nonconforming}`)
  await page.getByRole('heading', { level: 1 }).filter({ hasText: made.nonconforming }).waitFor()
  await clean(page, 'the nonconformance')
  await walk.shot(page, 'story-nonconformance')
  await page.goto(`/capas/${made.capa}`)
  await ready(page)
  await page.getByRole('heading', { level: 1 }).filter({ hasText: made.capa }).waitFor()
  await clean(page, 'the CAPA')
  await walk.shot(page, 'story-capa')
  await page.context().close()
}

try {
  await walk.open()
  await walk.part('SignIn', async () => {
    for (const user of ['qe-02', 'sv-05']) await (await walk.signIn(user)).context().close()
  })
  if (input.phase === 'before') await walk.part('TheRuleIsSwitchedOn', theRuleIsSwitchedOn)
  else if (await walk.part('TheRuleHasActed', theRuleHasActed)) {
    await walk.part('EverythingIsContained', everythingIsContained)
    await walk.part('TheRecordsAreThere', theRecordsAreThere)
    await walk.part('ReworkIsDispatched', reworkIsDispatched)
  }
} finally {
  await walk.close()
}
