import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Schemas } from '../api/http'
import { useT } from '../i18n/i18n'
import { EmptyState } from '../message/EmptyState'
import { RegisterDialog } from './RegisterDialog'

/** Why nothing can be done here: the screen is no terminal, or another station's. And who can change that. */
export function Unregistered({ station, here }: { station: string; here: Schemas['ThisTerminal'] }) {
  const t = useT()
  const [asking, setAsking] = useState(false)
  const other = here.registered ? here.station : undefined
  return (
    <>
      <EmptyState
        title={
          other ? t('terminals.other.title', { here: other, station }) : t('terminals.unregistered.title', { station })
        }
        action={
          <>
            {other && (
              <Button
                variant="filled"
                renderRoot={(props) => <Link to="/stations/$station" params={{ station: other }} {...props} />}
              >
                {t('terminals.other.go', { here: other })}
              </Button>
            )}
            <Button variant={other ? 'default' : 'filled'} onClick={() => setAsking(true)}>
              {t('terminals.register.open', { station })}
            </Button>
            <Button renderRoot={(props) => <Link to="/stations" {...props} />}>{t('terminal.all_stations')}</Button>
          </>
        }
      >
        {other ? t('terminals.other.text', { here: other, station }) : t('terminals.unregistered.text', { station })}
      </EmptyState>
      {asking && <RegisterDialog station={station} onClose={() => setAsking(false)} />}
    </>
  )
}
