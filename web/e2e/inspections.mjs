// Inspections and gauges: a delivery that waits for its inspection is gone through piece by piece and accepted, its gauge is
// found out of tolerance and the values in doubt are listed, and a study of that gauge is measured and judged.
import { must, ready, scan, t, tooSmall } from './harness.mjs'

async function open(walk, path) {
  const page = await walk.pageOf('qe-02')
  page.signedIn = true
  await page.goto(path)
  await ready(page)
  return page
}

/** The same screen as dark eyes see it. */
async function dark(walk, path, name) {
  const page = await walk.pageOf('qe-02', { colorScheme: 'dark' })
  page.signedIn = true
  await page.goto(path)
  await ready(page)
  await walk.shot(page, `${name}-dark`)
  await page.context().close()
}

async function inspect(walk) {
  const page = await open(walk, '/inspections')
  const row = page.locator('tr', { hasText: 'PM-5527' })
  await row.getByText(t('inspections.blocks'), { exact: true }).waitFor()
  await walk.shot(page, 'inspections')
  await row.click()
  await page.getByRole('heading', { level: 1, name: 'Power modules, incoming' }).waitFor()
  await walk.shot(page, 'inspection-due')
  await page.getByRole('button', { name: t('inspections.start'), exact: true }).click()
  const pad = page.locator('form')
  await pad.getByText(t('inspections.piece_of', { n: 1, of: 5 })).waitFor()
  const small = await tooSmall(page, 'article form')
  must(small.length === 0, `too small for a gloved finger: ${small.join(', ')}`)
  await walk.shot(page, 'inspection-attribute')
  await page.keyboard.press('g')
  // The gauge is scanned, the value comes from the gauge itself, as from a keyboard.
  await pad.getByRole('heading', { name: 'Height over baseplate' }).waitFor()
  const picked = () => pad.getByRole('combobox').inputValue()
  await scan(page, 'CAL-07', async () => {
    await page.waitForFunction(
      () => document.querySelector('form [role=combobox]')?.value.startsWith('CAL-07'),
      undefined,
      { timeout: 5000 },
    )
  })
  must((await picked()).startsWith('CAL-07'), 'the scanned gauge is not the one that is measured with')
  await walk.shot(page, 'inspection-value')
  await pad.getByLabel(t('inspections.field.value'), { exact: true }).fill('12.34')
  await page.keyboard.press('Enter')
  await pad.getByText(t('inspections.piece_of', { n: 2, of: 5 })).waitFor()
  await page.getByText(t('status.verdict.fail'), { exact: true }).first().waitFor()
  // What was misread is corrected with a reason; both stay on record.
  await page.getByRole('button', { name: t('inspections.choose', { name: 'Height over baseplate', piece: 1 }) }).click()
  await pad.getByLabel(t('inspections.field.correction'), { exact: true }).fill('Misread')
  await pad.getByLabel(t('inspections.field.value'), { exact: true }).fill('12.04')
  await pad.getByRole('button', { name: t('inspections.store'), exact: true }).click()
  for (let piece = 2; piece <= 5; piece++) {
    await pad.getByText(t('inspections.piece_of', { n: piece, of: 5 })).waitFor()
    await pad.getByRole('button', { name: t('inspections.good') }).click()
    if (piece > 3) continue
    await pad.getByRole('heading', { name: 'Height over baseplate' }).waitFor()
    await pad.getByLabel(t('inspections.field.value'), { exact: true }).fill(`12.0${piece}`)
    await page.keyboard.press('Enter')
  }
  await page.getByText(t('inspections.of', { n: 8, of: 8 }), { exact: true }).waitFor()
  await walk.shot(page, 'inspection-whole')
  await page.getByRole('button', { name: t('inspections.decide'), exact: true }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: t('inspections.accept') })
    .click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByText(t('status.inspection.accepted'), { exact: true }).first().waitFor()
  await walk.shot(page, 'inspection-accepted')
  const at = new URL(page.url()).pathname
  const said = await walk.api(page, `/inspections/${at.split('/').pop()}`)
  must(
    said.state === 'accepted' && said.entries.length === 9 && said.nonconforming === 0,
    `the API says ${JSON.stringify(said)}`,
  )
  const lot = await walk.api(page, '/lots/PM-5527')
  must((lot.holds ?? []).length === 0, `PM-5527 is on hold still: ${JSON.stringify(lot.holds)}`)
  await page.goto('/inspections/switching?sel=IP-PM%2FS-134')
  await page.locator('aside h2').waitFor()
  await page.locator('aside li').first().waitFor()
  await walk.shot(page, 'inspection-switching')
  await page.context().close()
  await dark(walk, at, 'inspection-accepted')
  await dark(walk, '/inspections?state=all', 'inspections')
}

async function plan(walk) {
  const page = await open(walk, '/documents/inspection_plan/IP-PM/A')
  await page.getByText(t('inspections.plan.by_aql', { aql: '2.5', level: 'S-2' })).waitFor()
  await walk.shot(page, 'inspection-plan')
  const made = await page.request.post(`${walk.input.url}/api/v1/documents`, {
    data: { kind: 'inspection_plan', id: 'IP-PM', revision: 'B', from: 'A' },
  })
  must(made.ok(), `a draft of the plan is refused: ${await made.text()}`)
  await page.goto('/documents/inspection_plan/IP-PM/B/edit')
  await ready(page)
  await page.getByRole('heading', { name: t('inspections.plan.sampling') }).waitFor()
  await walk.shot(page, 'inspection-plan-form')
  await page.context().close()
}

async function calibrate(walk) {
  const page = await open(walk, '/gauges')
  await page.locator('tr', { hasText: 'PG-02' }).waitFor()
  await walk.shot(page, 'gauges')
  await page.locator('tr', { hasText: 'CAL-07' }).click()
  await page.getByRole('heading', { level: 1, name: /CAL-07/ }).waitFor()
  await page.getByText('12.04', { exact: false }).first().waitFor()
  await page.getByRole('button', { name: t('gauges.calibrate'), exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('gauges.field.performed_by'), { exact: true }).fill('Own gauge room')
  await dialog.getByRole('button', { name: t('gauges.point.add') }).click()
  for (const [name, value] of Object.entries({ nominal: '10', tolerance: '0.02', found: '10.05', left: '10.01' }))
    await dialog.getByLabel(t(`gauges.point.${name}`), { exact: true }).fill(value)
  await walk.shot(page, 'gauge-calibrate')
  await dialog.getByRole('button', { name: t('gauges.calibrate'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await page
    .locator('tr[data-n="2"]')
    .getByRole('button', { name: t('gauges.reach_back') })
    .click()
  await page.getByRole('heading', { name: t('gauges.measured_before', { n: 2 }) }).waitFor()
  await page.locator('section[aria-labelledby=measured] tr', { hasText: '12.04' }).waitFor()
  await walk.shot(page, 'gauge')
  const reach = await walk.api(page, '/gauges/CAL-07/measured?calibration=2')
  must(reach.total === 4, `4 values are in doubt, the API lists ${reach.total}`)
  const alerts = await walk.api(page, '/alerts?open=true&kind=gauge_failed')
  must(alerts.total === 1, `the failed calibration raised ${alerts.total} alerts`)
  await page.context().close()
  await dark(walk, '/gauges/CAL-07', 'gauge')
}

async function study(walk) {
  const page = await open(walk, '/gauge-studies')
  await page
    .getByRole('button', { name: t('studies.begin') })
    .first()
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: t('gauges.column.gauge') }).click()
  await page.getByRole('option', { name: /CAL-07/ }).click()
  await dialog.getByLabel(t('studies.field.characteristic'), { exact: true }).fill('Height')
  await dialog.getByLabel(t('studies.field.lower'), { exact: true }).fill('11.8')
  await dialog.getByLabel(t('studies.field.upper'), { exact: true }).fill('12.2')
  for (const name of ['Anna', 'Mehmet']) {
    await dialog.getByLabel(t('studies.field.operators'), { exact: true }).fill(name)
    await page.keyboard.press('Enter')
  }
  await walk.shot(page, 'study-begin')
  await dialog.getByRole('button', { name: t('studies.begin'), exact: true }).click()
  await page.getByRole('heading', { name: t('studies.readings'), level: 2 }).waitFor()
  const id = new URL(page.url()).pathname.split('/').pop()
  await page.getByLabel(t('studies.reading_of', { operator: 'Anna', part: '1', trial: 1 })).fill('12.00')
  await walk.shot(page, 'study-grid')
  await page.getByRole('button', { name: t('studies.store_one', { count: 1 }) }).click()
  await page
    .getByText(t('studies.readings_of', { n: 1, of: 60 }), { exact: true })
    .first()
    .waitFor()
  const readings = []
  for (let operator = 0; operator < 2; operator++)
    for (let part = 0; part < 10; part++)
      for (let trial = 1; trial <= 3; trial++)
        if (operator + part > 0 || trial > 1)
          readings.push({ operator, part, trial, value: (12 + part / 40 + operator / 250 + trial / 400).toFixed(4) })
  const stored = await page.request.post(`${walk.input.url}/api/v1/gauge-studies/${id}/readings`, {
    data: { readings },
  })
  must(stored.ok(), `the readings are refused: ${await stored.text()}`)
  await page.getByRole('heading', { name: t('studies.result'), level: 2 }).waitFor()
  await page.getByText(t('studies.anova.title')).click()
  await walk.shot(page, 'study')
  await page.context().close()
  await dark(walk, `/gauge-studies/${id}`, 'study')
}

/** axe on the screens of this noun, light and dark. */
async function sound(walk) {
  for (const colorScheme of ['light', 'dark'])
    for (const path of [
      '/inspections?state=all',
      '/inspections/IN-1',
      '/inspections/switching',
      '/gauges?state=all',
      '/gauges/CAL-07',
      '/gauge-studies',
      '/gauge-studies/RR-1',
      '/documents/inspection_plan/IP-PM/B/edit',
    ]) {
      const page = await walk.pageOf('qe-02', { colorScheme })
      page.signedIn = true
      await page.goto(path)
      await ready(page)
      const found = await walk.axe(page)
      must(found.length === 0, `${path}, ${colorScheme}: ${JSON.stringify(found)}`)
      await page.context().close()
    }
}

export async function inspections(walk) {
  await walk.part('Inspections: a delivery is inspected and accepted', () => inspect(walk))
  await walk.part('Inspections: the plan and its form', () => plan(walk))
  await walk.part('Inspections: a gauge out of tolerance', () => calibrate(walk))
  await walk.part('Inspections: a gauge R&R study', () => study(walk))
  await walk.part('Inspections: axe finds nothing', () => sound(walk))
}
