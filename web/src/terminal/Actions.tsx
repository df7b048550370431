import {
  IconArrowRight,
  IconBell,
  IconFlag,
  IconHourglass,
  IconKeyboard,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
} from '@tabler/icons-react'
import { useT } from '../i18n/i18n'
import { IconScan } from '../status/icons'
import { clockSeconds } from '../time/format'
import { useZone } from '../time/site'
import classes from './terminal.module.css'
import type { MainAction } from './useMainAction'
import type { Terminal } from './useTerminal'

interface Props {
  terminal: Terminal
  main: MainAction
  onDefect?: () => void
  onStop?: () => void
  onCall: () => void
  /** This station calls already. */
  calling?: boolean
  onScrap?: () => void
  onType: () => void
}

/** Scan, four reports, one main button: always in the same place. */
export function Actions({ terminal, main, onDefect, onStop, onCall, calling, onScrap, onType }: Props) {
  const t = useT()
  const paused = terminal.current?.progress.state === 'paused'
  return (
    <footer className={classes.acts}>
      <ScanPlace terminal={terminal} onType={onType} />
      <button type="button" className={classes.act} disabled={!onDefect} onClick={onDefect} aria-keyshortcuts="F1">
        <IconFlag aria-hidden />
        {t('terminal.act.defect')}
      </button>
      <button type="button" className={classes.act} disabled={!onStop} onClick={onStop} aria-keyshortcuts="F2">
        {paused ? <IconPlayerPlay aria-hidden /> : <IconPlayerPause aria-hidden />}
        {paused ? t('terminal.act.go_on') : t('terminal.act.stop')}
      </button>
      <button
        type="button"
        className={classes.act}
        data-on={calling || undefined}
        onClick={onCall}
        aria-keyshortcuts="F3"
      >
        <IconBell aria-hidden />
        {t('terminal.act.call')}
      </button>
      <button type="button" className={classes.act} disabled={!onScrap} onClick={onScrap} aria-keyshortcuts="F8">
        <IconTrash aria-hidden />
        {t('terminal.act.scrap')}
      </button>
      <button
        type="button"
        className={classes.go}
        aria-disabled={!main.act}
        onClick={() => main.act?.()}
        aria-keyshortcuts="F4"
      >
        <span>
          {main.title}
          <small>{main.note}</small>
        </span>
        {main.act ? <IconArrowRight aria-hidden /> : <IconHourglass aria-hidden />}
      </button>
    </footer>
  )
}

/** Where a scan lands: at once what was read, then what became of it. */
function ScanPlace({ terminal, onType }: { terminal: Terminal; onType: () => void }) {
  const t = useT()
  const zone = useZone()
  const last = terminal.lastScan
  const wanted = terminal.view?.main.kind === 'wait_scan' ? terminal.view.main.step : undefined
  return (
    <div className={classes.scan} data-bad={last?.bad || undefined}>
      <IconScan aria-hidden />
      <div role="status" aria-live="polite">
        <b>{last?.bad ? t('terminal.scan.not_taken') : t('terminal.scan.ready')}</b>
        <span>
          {last
            ? last.bad
              ? last.text.includes(last.code) // said once: there is room for two lines
                ? last.text
                : `${last.code}: ${last.text}`
              : t('terminal.scan.last', {
                  code: last.code,
                  text: last.text || t('terminal.scan.read'),
                  time: clockSeconds(zone, new Date(last.at)),
                })
            : wanted
              ? t('terminal.scan.waits', { what: wanted.component?.material ?? wanted.name })
              : t('terminal.scan.any')}
        </span>
      </div>
      <button type="button" onClick={onType} aria-label={t('terminal.type.title')}>
        <IconKeyboard aria-hidden />
      </button>
    </div>
  )
}
