import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { address } from '../api/http'
import { TrailLink } from '../audit/TrailLink'
import { useT } from '../i18n/i18n'
import { ShareButton } from '../list/ListTools'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time, useTimeText } from '../time/Time'
import { ended, path, type Capa } from './capa'
import classes from './capas.module.css'
import { ChangeCapa } from './ChangeCapa'
import { ReasonDialog } from './ReasonDialog'

/** ID, state, one sentence why, and what can be done with the whole of it. */
export function CapaHead({ capa }: { capa: Capa }) {
  const t = useT()
  const me = useMe()
  const time = useTimeText()
  const [dialog, setDialog] = useState<'change' | 'cancel'>()
  const may = can(me, 'capa.work') && !ended(capa.state)
  const effect = capa.record.effect
  return (
    <>
      <div className={classes.head}>
        <h1>
          <span className="id">{capa.id}</span>: {capa.title}
        </h1>
        <Status of="capa" state={capa.state} variant="tag">
          {capa.state === 'watching' && effect
            ? t('capas.sleeps_until', { at: time(effect.check_at, 'date') })
            : undefined}
        </Status>
        <span className="grow" />
        <Button
          component="a"
          href={address(`${path}/${capa.id}/report.pdf`, {})}
          target="_blank"
          rel="noreferrer"
          leftSection={<IconDownload className="icon" aria-hidden />}
        >
          {t('capas.report')}
        </Button>
        <ShareButton />
        <TrailLink noun="capa" subject={capa.id} />
        {may && (
          <Menu>
            <Menu.Target>
              <Button rightSection={<IconChevronDown className="icon" aria-hidden />}>{t('capas.more')}</Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => setDialog('change')}>{t('capas.change')}</Menu.Item>
              {capa.state === 'open' && capa.iteration === 1 && !capa.record.done['4'] && (
                <Menu.Item onClick={() => setDialog('cancel')}>{t('capas.cancel')}</Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      <p className={classes.why}>
        {t('capas.opened')} <Time value={capa.raised_at} form="full" />{' '}
        {capa.rule
          ? t('capas.opened_by_rule', { rule: capa.rule, group: capa.group ?? '' })
          : t('capas.opened_by', { user: capa.raised_by })}
        : {capa.why} <Status of="severity" state={capa.severity} />{' '}
        {capa.owner ? t('capas.led_by', { user: capa.owner }) : t('capas.led_by_nobody')}
        {capa.iteration > 1 && ` ${t('capas.in_round', { n: capa.iteration })}`}
        {capa.end_reason && ` ${capa.end_reason}.`}
      </p>
      {dialog === 'change' && <ChangeCapa capa={capa} onClose={() => setDialog(undefined)} />}
      {dialog === 'cancel' && (
        <ReasonDialog
          title={t('capas.cancel_title', { id: capa.id })}
          confirm={t('capas.cancel')}
          path={`${path}/${capa.id}/cancel`}
          onClose={() => setDialog(undefined)}
        />
      )}
    </>
  )
}
