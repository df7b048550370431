import { VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { callsHereQuery } from '../calls/call'
import { useDistance } from '../design/distance'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { useKeys, useScan } from '../scan/ScanProvider'
import { machineQuery } from '../machines/machine'
import { stationsQuery } from '../stations/station'
import { thisTerminalQuery } from '../terminals/terminal'
import { Unregistered } from '../terminals/Unregistered'
import { Actions } from './Actions'
import { Bands } from './Bands'
import { CallDialog } from './CallDialog'
import { DefectDialog } from './DefectDialog'
import { DoPanel } from './DoPanel'
import { Idle } from './Idle'
import { JobBar } from './JobBar'
import { QueueDrawer } from './QueueDrawer'
import { useDocuments } from './ReadFirst'
import { ScrapDialog } from './ScrapDialog'
import { SignDialog } from '../sign/SignDialog'
import { SeePanel } from './SeePanel'
import { StatusBar } from './StatusBar'
import { Steps } from './Steps'
import { StopReasonDialog } from './StopReason'
import { StoppedPanel } from './StoppedPanel'
import classes from './terminal.module.css'
import { TypeCode } from './TypeCode'
import { useMainAction } from './useMainAction'
import { useTerminal } from './useTerminal'

const route = getRouteApi('/stations/$station')

type Dialog = 'defect' | 'stop' | 'call' | 'scrap' | 'type' | 'queue' | 'kept'

/** The terminal of one station: touch, scanner and F1 to F4. Nothing scrolls, the main button is always in its place. */
export function TerminalPage() {
  useDistance('terminal')
  const t = useT()
  const { station } = route.useParams()
  const { lot } = route.useSearch()
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<Dialog>()
  const choose = (next: string | undefined) =>
    void navigate({ to: '/stations/$station', params: { station }, search: { lot: next }, replace: true })
  const terminal = useTerminal(station, lot, choose)
  const here = useQuery(thisTerminalQuery).data
  /** Until the server has said what this screen is, it is taken for the station's; the server decides in any case. */
  const foreign = here !== undefined && here.station !== station
  const { current, view } = terminal
  const calls = useQuery(callsHereQuery(station)).data ?? []
  const line = useQuery(stationsQuery).data?.find((s) => s.id === station)?.line
  const documents = useDocuments(current, view?.current?.id)
  const [signing, setSigning] = useState<string>()
  const main = useMainAction(terminal, choose, setSigning, documents.unread)
  const running = current?.progress.state === 'running' || current?.progress.state === 'paused'
  const machine = useQuery(machineQuery(station)).data
  /** A stop without its reason asks first; where a lot is in work the button pauses it, else it reports the machine's stop. */
  const stop = () => {
    if (machine && (machine.asks || !running)) return setDialog('stop')
    if (!current) return
    if (current.progress.state === 'paused') terminal.commands.resume(current)
    else if (current.progress.state === 'running') terminal.commands.pause(current)
  }
  useScan((code) => {
    if (foreign) return false
    setDialog(undefined)
    void terminal.scan(code)
    return true
  })
  useKeys((key, event) => {
    if (foreign) return false
    const acts: Record<string, () => void> = {
      F1: () => running && setDialog('defect'),
      F2: stop,
      F3: () => setDialog('call'),
      F8: () => current && setDialog('scrap'),
      F4: () => main.act?.(),
    }
    const act = acts[key]
    if (!act || signing || (dialog && key !== 'F2')) return false
    event.preventDefault()
    act()
    return true
  })
  if (foreign)
    return (
      <div className={classes.terminal}>
        <StatusBar station={station} terminal={terminal} onKept={() => setDialog('kept')} />
        {current ? <JobBar job={current} /> : <VisuallyHidden component="h1">{station}</VisuallyHidden>}
        <span />
        <main className={classes.idle}>
          <Unregistered station={station} here={here} />
        </main>
      </div>
    )
  return (
    <div className={classes.terminal}>
      <StatusBar station={station} terminal={terminal} onKept={() => setDialog('kept')} />
      {current && view ? (
        <>
          <JobBar job={current} />
          <Bands
            terminal={terminal}
            job={current}
            unread={documents.unread}
            machine={machine}
            onStop={stop}
            calls={calls}
          />
          <main className={classes.main}>
            {view.main.kind === 'held' ? (
              <StoppedPanel job={current} aside={terminal.aside[current.card.lot]} />
            ) : (
              <>
                <Steps view={view} next={current.next} onQueue={() => setDialog('queue')} />
                <DoPanel job={current} view={view} main={main} instruction={documents.instruction} />
              </>
            )}
            <SeePanel job={current} view={view} terminal={terminal} />
          </main>
        </>
      ) : (
        <>
          <span />
          <Bands terminal={terminal} machine={machine} onStop={stop} calls={calls} />
          <main className={classes.idle}>
            <VisuallyHidden component="h1">{station}</VisuallyHidden>
            {terminal.job.isError && (
              <ErrorAlert error={terminal.job.error} onRetry={() => void terminal.job.refetch()} />
            )}
            {terminal.job.isSuccess && <Idle terminal={terminal} />}
          </main>
        </>
      )}
      <Actions
        terminal={terminal}
        main={main}
        onDefect={running ? () => setDialog('defect') : undefined}
        onStop={running || machine ? stop : undefined}
        onCall={() => setDialog('call')}
        calling={calls.length > 0}
        onScrap={current ? () => setDialog('scrap') : undefined}
        onType={() => setDialog('type')}
      />
      {dialog === 'type' && (
        <TypeCode
          title={t('terminal.type.title')}
          onClose={() => setDialog(undefined)}
          onCode={(code) => {
            setDialog(undefined)
            void terminal.scan(code)
          }}
        />
      )}
      {current && signing && (
        <SignDialog
          request={signing}
          consequence={t('sign.then.step', { lot: current.card.lot })}
          onClose={() => setSigning(undefined)}
        />
      )}
      {current && dialog === 'defect' && (
        <DefectDialog terminal={terminal} job={current} onClose={() => setDialog(undefined)} />
      )}
      {machine && dialog === 'stop' && <StopReasonDialog machine={machine} onClose={() => setDialog(undefined)} />}
      {dialog === 'call' && <CallDialog station={station} line={line} onClose={() => setDialog(undefined)} />}
      {current && dialog === 'scrap' && (
        <ScrapDialog terminal={terminal} job={current} onClose={() => setDialog(undefined)} />
      )}
      {(dialog === 'queue' || dialog === 'kept') && (
        <QueueDrawer
          terminal={terminal}
          kept={dialog === 'kept'}
          onClose={() => setDialog(undefined)}
          onChoose={(next) => {
            setDialog(undefined)
            choose(next)
          }}
        />
      )}
    </div>
  )
}
