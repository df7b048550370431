import { Button } from '@mantine/core'
import { useLanguage, useT } from '../i18n/i18n'
import { cumulated, minutes, rounded, type Loss, type Report } from './figure'
import classes from './oee.module.css'
import { useLossWord } from './words'

/** Where the time was lost, the dearest first; each reason leads to its events. */
export function Losses({ report, onOpen }: { report: Report; onOpen: (loss: Loss) => void }) {
  const t = useT()
  const language = useLanguage()
  const word = useLossWord()
  const losses = cumulated(report.losses ?? [])
  const all = losses.reduce((sum, { loss }) => sum + Math.max(0, Number(loss.seconds)), 0)
  return (
    <section className={classes.losses} aria-labelledby="oee-losses">
      <h2 id="oee-losses">
        {t('oee.losses.title')} <small>{t('oee.minutes', { n: minutes(all, language) })}</small>
      </h2>
      {losses.length === 0 ? (
        <p>{t('oee.losses.none')}</p>
      ) : (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('oee.column.reason')}</th>
              <th scope="col">
                <span className="sr">{t('oee.column.share')}</span>
              </th>
              <th scope="col" className="num">
                {t('oee.column.min')}
              </th>
              <th scope="col" className="num">
                {t('oee.column.events')}
              </th>
              <th scope="col" className="num">
                {t('oee.column.cum')}
              </th>
            </tr>
          </thead>
          <tbody>
            {losses.map(({ loss, width, together }) => (
              <tr key={`${loss.kind}/${loss.reason ?? ''}/${loss.by ?? ''}`}>
                <th scope="row">
                  <Button variant="subtle" size="compact-sm" className={classes.reason} onClick={() => onOpen(loss)}>
                    {word(loss)}
                  </Button>
                </th>
                <td className={classes.bar} aria-hidden>
                  {width > 0 && <span data-look={loss.kind} style={{ width: `${width}%` }} />}
                </td>
                <td className="num">
                  <b>{rounded(Number(loss.seconds) / 60, language)}</b>
                </td>
                <td className="num">{loss.events}</td>
                <td className="num">{Math.round(together)} %</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
