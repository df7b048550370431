import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { address, type Schemas } from '../api/http'
import { DecimalField } from '../form/DecimalField'
import { GaugePick } from '../gauges/GaugePick'
import { useT } from '../i18n/i18n'
import type { Step } from '../plant/plant'
import { useLimits } from '../value/Quantity'
import type { Job } from './job'
import { LivePanel } from './LivePanel'
import { InstructionButton } from './ReadFirst'
import classes from './terminal.module.css'
import type { MainAction } from './useMainAction'
import type { View } from './view'

interface Props {
  job: Job
  view: View
  main: MainAction
  /** The work instruction of the step, for looking it up. */
  instruction?: Schemas['DocumentView']
}

/** What to do now: instruction, picture, fields to fill, and what the machine says meanwhile. */
export function DoPanel({ job, view, main, instruction }: Props) {
  const t = useT()
  const step = view.current ?? (job.progress.state === 'queued' ? job.operation.steps[0] : undefined)
  const title = step?.name ?? t('terminal.all_done')
  const text = step ? step.instruction : t('terminal.all_done_text')
  return (
    <section className={classes.do} aria-labelledby="do-title">
      <h2 id="do-title">{title}</h2>
      {text && <p className={classes.instruction}>{text}</p>}
      {instruction && <InstructionButton document={instruction} />}
      {main.fields.length > 0 ? (
        <Fields main={main} />
      ) : (
        step?.picture && (
          <img
            className={classes.drawing}
            src={address(`/blobs/${step.picture}`)}
            alt={pictureText(step, t('terminal.drawing'))}
          />
        )
      )}
      {main.retry && (
        <Button
          className={classes.retry}
          leftSection={<IconRefresh className="icon" aria-hidden />}
          onClick={main.retry}
        >
          {t('terminal.ask_again', { on: step?.device ?? '' })}
        </Button>
      )}
      {step && <LivePanel job={job} step={step} />}
    </section>
  )
}

/** The drawing says what the instruction says; its name is enough beside it. */
const pictureText = (step: Step, drawing: string) => `${drawing}: ${step.name}`

function Fields({ main }: { main: MainAction }) {
  const t = useT()
  const limits = useLimits()
  return (
    <div className={classes.fields} data-many={main.fields.length > 3 || undefined}>
      {main.gauge && <GaugePick kind={main.gauge.kind} value={main.gauge.value} onChange={main.gauge.set} />}
      {main.fields.map((field) => (
        <DecimalField
          key={field.id}
          size="md"
          classNames={{ input: classes.fieldInput }}
          label={
            field.sample
              ? `${field.characteristic.name}, ${t('record.sample', { n: field.sample })}`
              : field.characteristic.name
          }
          description={limits(field.characteristic.lower, field.characteristic.upper)}
          unit={field.characteristic.unit}
          value={main.values[field.id] ?? ''}
          onChange={(text) => main.setValue(field.id, text)}
        />
      ))}
    </div>
  )
}
