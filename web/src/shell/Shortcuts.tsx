import { Modal } from '@mantine/core'
import { useT, type Key } from '../i18n/i18n'
import classes from './shell.module.css'

const keys: { keys: string[]; what: Key }[] = [
  { keys: ['/'], what: 'app.keys.search' },
  { keys: ['?'], what: 'app.keys.help' },
  { keys: ['↑', '↓'], what: 'app.keys.move' },
  { keys: ['Enter'], what: 'app.keys.open' },
  { keys: ['Esc'], what: 'app.keys.close' },
  { keys: ['F1'], what: 'app.keys.defect' },
  { keys: ['F2'], what: 'app.keys.stop' },
  { keys: ['F3'], what: 'app.keys.call' },
  { keys: ['F8'], what: 'app.keys.scrap' },
  { keys: ['F4'], what: 'app.keys.complete' },
]

export function Shortcuts({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useT()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('app.keys.title')}
      closeButtonProps={{ 'aria-label': t('message.close') }}
    >
      <dl className={classes.keys}>
        {keys.map((row) => (
          <div key={row.what}>
            <dt>
              {row.keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(row.what)}</dd>
          </div>
        ))}
      </dl>
      <p className="label">{t('app.keys.scan')}</p>
    </Modal>
  )
}
