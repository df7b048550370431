// Calls for help: from the terminal in two touches, answered at the desk in one, and on the wall.
import { must, ready, t } from './harness.mjs'

const screen = { viewport: { width: 1280, height: 800 }, terminal: 'ST50' }

async function call(walk) {
  const terminal = await walk.pageOf('op-121', screen)
  terminal.signedIn = true
  await terminal.goto('/stations/ST50')
  await ready(terminal)
  await terminal.keyboard.press('F3')
  const dialog = terminal.getByRole('dialog')
  await dialog.getByRole('button', { name: t('calls.kind.maintenance'), exact: true }).waitFor()
  await walk.shot(terminal, 'terminal-call')
  const grave = (await walk.axe(terminal)).filter((v) => ['serious', 'critical'].includes(v.impact))
  must(grave.length === 0, `axe at the terminal's call: ${JSON.stringify(grave)}`)
  await dialog.getByRole('button', { name: t('calls.kind.maintenance'), exact: true }).click()
  await terminal.getByText(t('terminal.call.band', { kind: t('calls.kind.maintenance') }), { exact: true }).waitFor()

  const desk = await walk.pageOf('sv-05')
  desk.signedIn = true
  await desk.goto('/calls')
  await ready(desk)
  await desk.locator('tbody tr', { hasText: 'ST50' }).click()
  await desk.getByRole('button', { name: t('calls.acknowledge') }).click()
  await desk.getByText(t('calls.event.acknowledged'), { exact: true }).waitFor()
  await walk.shot(desk, 'calls')
  await terminal.getByText(/sv-05/).first().waitFor()
  await walk.shot(terminal, 'terminal-call-coming')
  const open = await walk.api(desk, '/calls?open=true')
  must(open.items[0].state === 'acknowledged', `the API says ${JSON.stringify(open.items)}`)
  await wall(walk, open.items[0])
  await desk.getByLabel(t('calls.note'), { exact: true }).fill('A new seal')
  await desk.getByRole('button', { name: t('calls.resolve') }).click()
  await desk.getByText(t('calls.event.resolved'), { exact: true }).first().waitFor()
  await terminal
    .getByText(t('terminal.call.band', { kind: t('calls.kind.maintenance') }))
    .waitFor({ state: 'detached' })
  await desk.getByRole('tab', { name: new RegExp(t('calls.tab.times')) }).click()
  await desk.locator('tbody tr', { hasText: t('calls.kind.maintenance') }).waitFor()
  await walk.shot(desk, 'calls-times')
  await safety(walk, desk)
  await terminal.context().close()
  await desk.context().close()
}

/** The call on the wall, by the terminal's registration alone: nobody is signed in there. */
async function wall(walk, call) {
  const page = await walk.pageOf(undefined, { viewport: { width: 1920, height: 1080 }, terminal: 'ST10' })
  page.signedIn = true
  await page.goto('/board/L1?theme=light&lang=en')
  await page
    .getByText(t('board.coming', { who: 'SV-05', time: clock(call.acknowledged_at) }), { exact: true })
    .waitFor()
  must((await page.locator('article').count()) === 7, 'the board does not show the seven stations of the plan')
  await walk.shot(page, 'board')
  await page.context().close()
}

const clock = (at) =>
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Berlin' }).format(
    new Date(at),
  )

async function safety(walk, page) {
  await page.getByRole('button', { name: t('calls.safety.change') }).click()
  const dialog = page.getByRole('dialog')
  const day = new Date(Date.now() - 212 * 86_400_000).toISOString().slice(0, 10)
  await dialog.getByLabel(t('calls.safety.day')).fill(day)
  await dialog.getByLabel(t('orders.reason')).fill('Somebody slipped')
  await dialog.getByRole('button', { name: t('calls.safety.save') }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText(/21[123] days without accident/).waitFor()
}

export async function calls(walk) {
  await walk.part('Calls', () => call(walk))
}
