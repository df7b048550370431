// A defect reported in two touches, a nonconformance opened at the lot and held, its picture, the board's two signatures,
// the rework's first operation at the terminal; a permit asked for; the codes and the cost.
import { must, ready, t } from './harness.mjs'

async function open(walk, user, path, options) {
  const page = await walk.pageOf(user, options)
  page.signedIn = true
  await page.goto(path)
  await ready(page)
  return page
}

const send = async (walk, page, path, data) => {
  const answer = await page.request.post(`${walk.input.url}/api/v1${path}`, { data })
  must(answer.ok(), `POST ${path}: ${await answer.text()}`)
  return answer.json()
}

/** Makes an order of one inverter and answers its lot. */
async function oneLot(walk) {
  const page = await open(walk, 'pl-07', '/orders')
  const due = new Date(Date.now() + 3 * 86_400_000).toISOString()
  const number = 'BROWSER-NC'
  await send(walk, page, '/work-orders', { number, product: 'INV-200', quantity: '1', due, priority: 98, line: 'L1' })
  await send(walk, page, `/work-orders/${number}/release`)
  const lots = async () => (await walk.api(page, `/work-orders/${number}/lots`)).items ?? []
  for (let i = 0; i < 60 && (await lots()).length === 0; i++) await page.waitForTimeout(500)
  const [{ lot }] = await lots()
  await page.context().close()
  return lot
}

async function reported(walk, found) {
  found.lot = await oneLot(walk)
  const page = await open(walk, 'op-121', `/stations/ST10?lot=${found.lot}`, {
    viewport: { width: 1280, height: 800 },
    terminal: 'ST10',
  })
  // The station has one place, and the walk before this may have left a lot on it.
  for (const l of (await walk.api(page, '/lots?state=running&limit=100')).items ?? [])
    if (l.station === 'ST10')
      await send(walk, page, `/lots/${l.lot}/operations/${l.operation}/pause`, { reason: 'Urgent' })
  const start = await page.request.post(`${walk.input.url}/api/v1/lots/${found.lot}/operations/10/start`, {
    data: { station: 'ST10' },
  })
  if (!start.ok()) {
    // Somebody must read a new revision first, where the walk before this made one.
    for (const d of (await walk.api(page, '/documents-to-read')).items ?? [])
      await send(walk, page, `/documents/${d.kind}/${d.id}/${d.revision}/confirm-read`, { hash: d.hash })
    await send(walk, page, `/lots/${found.lot}/operations/10/start`, { station: 'ST10' })
  }
  await page.goto(`/stations/ST10?lot=${found.lot}`)
  await page.getByRole('button', { name: t('terminal.act.defect') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: /^Surface/ }).waitFor()
  await walk.shot(page, 'terminal-defect-groups')
  await dialog.getByRole('switch').check({ force: true })
  await dialog.getByRole('button', { name: /^Surface/ }).click()
  await walk.shot(page, 'terminal-defect-codes')
  await dialog.getByRole('button', { name: 'Scratch', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  for (let i = 0; i < 60; i++) {
    const lot = await walk.api(page, `/lots/${found.lot}`)
    if (lot.state === 'review') return void (await page.context().close())
    await page.waitForTimeout(250)
  }
  throw new Error('the defect did not send the lot to review')
}

async function opened(walk, found) {
  const page = await open(walk, 'qe-02', `/lots/${found.lot}`)
  await page.getByRole('button', { name: t('nonconformances.new') }).click()
  const dialog = page.getByRole('dialog')
  await dialog
    .getByLabel(t('nonconformances.field.description'), { exact: true })
    .fill('Scratch across the sealing face')
  await dialog
    .locator('input')
    .and(dialog.getByLabel(t('nonconformances.field.code'), { exact: true }))
    .click()
  await walk.shot(page, 'nonconformance-open-codes')
  await page.getByRole('option', { name: /SCRATCH/ }).click()
  await walk.shot(page, 'nonconformance-open')
  await dialog.getByRole('button', { name: t('nonconformances.open.and_hold') }).click()
  await page.waitForURL('**/nonconformances/NC-*')
  await ready(page)
  found.nc = page.url().split('/').at(-1)
  await page.getByText(t('status.lot.held'), { exact: true }).first().waitFor()
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC',
    'base64',
  )
  await page.locator('input[type="file"]').setInputFiles({ name: 'scratch.png', mimeType: 'image/png', buffer: png })
  await page.getByRole('img', { name: 'scratch.png' }).waitFor()
  await page.getByLabel(t('nonconformances.timeline.note'), { exact: true }).fill('Same housing batch as last week?')
  await page.getByRole('button', { name: t('nonconformances.timeline.add') }).click()
  await page.getByText('Same housing batch as last week?').first().waitFor()
  await walk.shot(page, 'nonconformance')
  await page.getByRole('button', { name: t('nonconformances.board.propose') }).click()
  const propose = page.getByRole('dialog')
  await propose
    .getByLabel(t('nonconformances.propose.reason'), { exact: true })
    .fill('Below the seal line, tight in the leak test')
  await walk.shot(page, 'nonconformance-propose')
  await propose.getByRole('button', { name: t('nonconformances.propose.confirm') }).click()
  await propose.waitFor({ state: 'detached' })
  await page.getByText(t('status.proposal.open'), { exact: true }).waitFor()
  await walk.shot(page, 'nonconformance-in-review')
  await page.context().close()
}

/** Gives the next signature in the panel, as a person does. */
async function sign(walk, user, meaning, found, shot) {
  const page = await open(walk, user, `/nonconformances/${found.nc}`)
  await page.getByRole('button', { name: t('sign.open') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('sign.who'), { exact: true }).fill(user)
  await dialog.getByLabel(t('sign.password'), { exact: true }).fill(walk.input.logins[user])
  if (shot) await walk.shot(page, shot)
  await dialog.getByRole('button', { name: t(`sign.do.${meaning}`) }).click()
  await dialog.waitFor({ state: 'detached' })
  return page
}

async function decided(walk, found) {
  await (await sign(walk, 'qe-02', 'reviewed', found)).context().close()
  const page = await sign(walk, 'sv-05', 'approved', found, 'nonconformance-sign')
  await page.getByText(t('status.proposal.carried_out'), { exact: true }).waitFor()
  const lot = await walk.api(page, `/lots/${found.lot}`)
  must(
    lot.holds.length === 0 && lot.state === 'running',
    `after the decision the lot is ${lot.state}, holds ${lot.holds.length}`,
  )
  await walk.shot(page, 'nonconformance-decided')
  await page.context().close()
  const quality = await open(walk, 'qe-02', `/nonconformances/${found.nc}`)
  await quality.getByRole('button', { name: t('nonconformances.close.button'), exact: true }).click()
  const dialog = quality.getByRole('dialog')
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('Looked at the leak test')
  await dialog.locator('button[type=submit]').click()
  await quality.getByText(t('status.nonconformance.closed'), { exact: true }).first().waitFor()
  await quality.goto(`/lots/${found.lot}`)
  await ready(quality)
  await quality.getByText(t('records.kind.nonconformance'), { exact: true }).first().waitFor()
  await walk.shot(quality, 'nonconformance-lot')
  await quality.context().close()
}

async function inbox(walk, found) {
  const page = await open(walk, 'qe-02', '/nonconformances?state=all')
  await page.getByRole('link', { name: found.nc }).waitFor()
  await walk.shot(page, 'nonconformances')
  await page.locator('tbody tr').first().focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/nonconformances/${found.nc}`)
  await page.goto('/defect-codes')
  await ready(page)
  await page.getByText('BEAD-GAP').first().waitFor()
  await walk.shot(page, 'defect-codes')
  await page.goto('/quality-cost')
  await ready(page)
  await page.getByRole('table').waitFor()
  await walk.shot(page, 'quality-cost')
  await page.goto('/documents/rework/RW-PASTE/A')
  await ready(page)
  await page.getByText(t('documents.field.return_to')).waitFor()
  await walk.shot(page, 'document-rework')
  await page.context().close()
}

async function permit(walk) {
  const page = await open(walk, 'qe-02', '/permits')
  await page.getByText(t('permits.empty.title'), { exact: true }).waitFor()
  await page
    .getByRole('button', { name: t('permits.new') })
    .first()
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('permits.field.product'), { exact: true }).fill('INV-200')
  await dialog.getByLabel(t('permits.field.allows'), { exact: true }).fill('Bead 2.6 mm in place of 2.8 mm')
  await dialog.getByLabel(t('permits.field.quantity'), { exact: true }).fill('25')
  await dialog.locator('input[type="datetime-local"]').fill('2027-01-31T12:00')
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('Narrowest tested bead holds')
  await walk.shot(page, 'permit-ask')
  await dialog.getByRole('button', { name: t('permits.ask.confirm') }).click()
  await page
    .getByRole('dialog', { name: t('permits.one', { id: 'DP-1' }) })
    .getByText(t('sign.open'))
    .waitFor()
  await walk.shot(page, 'permit')
  await page.context().close()
}

export async function nonconformances(walk) {
  const found = {}
  if (await walk.part('DefectInTwoTouches', () => reported(walk, found)))
    if (await walk.part('NonconformanceOpened', () => opened(walk, found)))
      if (await walk.part('BoardDecides', () => decided(walk, found)))
        await walk.part('NonconformanceInbox', () => inbox(walk, found))
  await walk.part('DeviationPermit', () => permit(walk))
}
